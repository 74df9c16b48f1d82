'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { ApprovalCard } from '@/components/approvals/approval-card';
import { useOrg } from '@/components/frame/org-context';
import { useUrlParams } from '@/components/frame/url-params';
import { useTitle } from '@/components/frame/use-title';
import { useLiveRun } from '@/components/run/use-live-run';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '@/components/ui/tabs';
import { openApprovals } from '@/lib/run-state';
import { useTRPC } from '@/lib/trpc/client';
import { RunFiles } from './run-files';
import { RunHead } from './run-head';
import { Cost } from './tabs/cost-tab';
import { Raw } from './tabs/raw-tab';
import { Timeline } from './tabs/timeline-tab';
import { Transcript } from './tabs/transcript-tab';

const TABS = ['timeline', 'transcript', 'cost', 'raw'] as const;
const LABELS = { timeline: 'Timeline', transcript: 'Transcript', cost: 'Cost', raw: 'Raw' };

/** One run: what it was given, what it did and when, what it cost. Live while it goes on. */
export function RunPage({ runId }: { runId: string }) {
  const { slug } = useOrg();
  const { data: run } = useSuspenseQuery(useTRPC().runs.get.queryOptions({ org: slug, runId }));
  const view = useLiveRun(run);
  useTitle(`${run.agentName}: ${run.inputPreview.slice(0, 60)}`);
  const [params, setParams] = useUrlParams();
  const tab = TABS.find((one) => one === params.get('tab')) ?? 'timeline';
  const waiting = openApprovals(view);

  return (
    <div className="flex h-full flex-col">
      <RunHead view={view} run={run} />
      {waiting.length > 0 && (
        <div className="grid gap-2 px-4 pb-3 sm:px-6">
          {waiting.map((approval) => (
            <div key={approval.id} className="max-w-3xl">
              <ApprovalCard approval={approval} />
            </div>
          ))}
        </div>
      )}
      <RunFiles runId={runId} view={view} />
      <Tabs
        value={tab}
        onValueChange={(next) => setParams({ tab: next === 'timeline' ? null : next })}
        className="flex min-h-0 flex-1 flex-col"
      >
        <TabsList aria-label="Views of the run" className="px-4 sm:px-6">
          {TABS.map((one) => (
            <TabsTrigger key={one} value={one}>
              {LABELS[one]}
            </TabsTrigger>
          ))}
        </TabsList>
        <TabsContent value="timeline" className="flex min-h-0 flex-1 flex-col outline-none">
          <Timeline run={run} view={view} />
        </TabsContent>
        <TabsContent value="transcript" className="scroll-thin min-h-0 flex-1 overflow-y-auto outline-none">
          <Transcript run={run} view={view} />
        </TabsContent>
        <TabsContent value="cost" className="scroll-thin min-h-0 flex-1 overflow-y-auto outline-none">
          <Cost view={view} />
        </TabsContent>
        <TabsContent value="raw" className="scroll-thin min-h-0 flex-1 overflow-y-auto outline-none">
          <Raw run={run} />
        </TabsContent>
      </Tabs>
    </div>
  );
}
