'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useOrg } from '@/components/frame/org-context';
import { Field } from '@/components/ui/field';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import type { Run } from '@/lib/contracts/runs';
import { useTRPC } from '@/lib/trpc/client';
import { RepairForm } from './repair-form';
import { useRepair } from './use-repair';

const AS_IT_WAS = 'as-it-was';

/** Runs the same input with another version, the draft or another model. */
export function ForkDialog({ run, onClose }: { run: Run; onClose: () => void }) {
  const { slug, can } = useOrg();
  const trpc = useTRPC();
  const { org, fork } = useRepair();
  const [version, setVersion] = useState('draft');
  const [model, setModel] = useState(AS_IT_WAS);
  const versions = useQuery(
    trpc.agents.versions.queryOptions({ org: slug, agentId: run.agentId, limit: 50 }, { enabled: can('agents:read') }),
  );
  const models = useQuery(trpc.models.list.queryOptions({ org: slug }, { enabled: can('models:read') }));
  const own = run.version === null ? 'The draft as it was' : `v${run.version}, as in this run`;
  return (
    <RepairForm
      title="Run with another version"
      description="The same input and variables, from the beginning. Compare the two runs afterwards."
      error={fork.error}
      isPending={fork.isPending}
      isReady={version !== AS_IT_WAS || model !== AS_IT_WAS}
      onSubmit={() =>
        fork.mutate({
          org,
          runId: run.id,
          ...(version !== AS_IT_WAS && { version: version === 'draft' ? 'draft' : Number(version) }),
          ...(model !== AS_IT_WAS && { model }),
        })
      }
      onClose={onClose}
    >
      <Field label="Version">
        {({ id }) => (
          <Select value={version} onValueChange={setVersion}>
            <SelectTrigger id={id}>
              <SelectValue />
            </SelectTrigger>
            <SelectContent>
              <SelectItem value={AS_IT_WAS}>{own}</SelectItem>
              <SelectItem value="draft">The draft as it is now</SelectItem>
              {versions.data?.items
                .filter((one) => one.version !== run.version)
                .map((one) => (
                  <SelectItem key={one.version} value={String(one.version)}>
                    v{one.version} {one.note.slice(0, 60)}
                  </SelectItem>
                ))}
            </SelectContent>
          </Select>
        )}
      </Field>
      <Field label="Model">
        {({ id }) => (
          <Select value={model} onValueChange={setModel}>
            <SelectTrigger id={id}>
              <SelectValue />
            </SelectTrigger>
            <SelectContent>
              <SelectItem value={AS_IT_WAS}>As the version says</SelectItem>
              {models.data?.map((one) => (
                <SelectItem key={one.model} value={one.model}>
                  {one.model}
                </SelectItem>
              ))}
            </SelectContent>
          </Select>
        )}
      </Field>
    </RepairForm>
  );
}
