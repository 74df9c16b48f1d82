'use client';

import { skipToken, useQuery } from '@tanstack/react-query';
import { SpecDiff } from '@/components/agents/spec-diff';
import { useDraftPartials } from '@/components/agents/use-draft-partials';
import { ErrorState } from '@/components/feedback/error-state';
import { useOrg } from '@/components/frame/org-context';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import { Skeleton } from '@/components/ui/skeleton';
import type { Agent, AgentVersionSummary, FrozenSpec } from '@/lib/contracts/agents';
import { useTRPC } from '@/lib/trpc/client';

export const DRAFT = 'draft';
/** Before the first version there was nothing. */
export const NOTHING = 'nothing';

/** What changed from one version (or the draft) to another. */
export function Comparison({
  agent,
  versions,
  from,
  to,
  onChange,
}: {
  agent: Agent;
  versions: AgentVersionSummary[];
  from: string;
  to: string;
  onChange: (patch: { from?: string; to?: string }) => void;
}) {
  const before = useSpec(agent, from);
  const after = useSpec(agent, to);
  const error = before.error ?? after.error;
  return (
    <section aria-label="Comparison" className="min-w-0">
      <div className="flex flex-wrap items-center gap-2 pb-4">
        <Picker
          withNothing
          label="From"
          value={from}
          versions={versions}
          onChange={(value) => onChange({ from: value, to })}
        />
        <span className="text-muted-foreground">to</span>
        <Picker label="To" value={to} versions={versions} onChange={(value) => onChange({ to: value, from })} />
      </div>
      {error ? (
        <ErrorState error={error} />
      ) : (before.spec || from === NOTHING) && after.spec ? (
        <SpecDiff before={before.spec ? { spec: before.spec } : null} after={{ spec: after.spec }} />
      ) : (
        <Skeleton className="h-40" />
      )}
    </section>
  );
}

function useSpec(agent: Agent, which: string): { spec: FrozenSpec | undefined; error: unknown } {
  const { slug } = useOrg();
  const isDraft = which === DRAFT;
  const version = Number(which);
  const { data, error } = useQuery(
    useTRPC().agents.version.queryOptions(
      isDraft || !Number.isInteger(version) ? skipToken : { org: slug, agentId: agent.id, version },
      { staleTime: Number.POSITIVE_INFINITY },
    ),
  );
  const partials = useDraftPartials(agent.id, agent.draft);
  if (!isDraft) return { spec: data?.spec, error };
  return { spec: partials.isLoading ? undefined : { ...agent.draft, partials: partials.data }, error: partials.error };
}

function Picker({
  label,
  value,
  versions,
  withNothing = false,
  onChange,
}: {
  label: string;
  withNothing?: boolean;
  value: string;
  versions: AgentVersionSummary[];
  onChange: (value: string) => void;
}) {
  return (
    <Select value={value} onValueChange={onChange}>
      <SelectTrigger aria-label={label} className="w-44">
        <SelectValue />
      </SelectTrigger>
      <SelectContent>
        {withNothing && <SelectItem value={NOTHING}>Nothing</SelectItem>}
        <SelectItem value={DRAFT}>Draft</SelectItem>
        {versions.map(({ version, note }) => (
          <SelectItem key={version} value={String(version)} detail={note.slice(0, 40)}>
            {`Version ${version}`}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}
