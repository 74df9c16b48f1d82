'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { VISIBILITIES } from '@/components/agents/visibility';
import { apiErrorOf } from '@/components/feedback/api-error';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import { type AgentAccess, AgentVisibility } from '@/lib/contracts/agents';
import { useTRPC } from '@/lib/trpc/client';

/** Who in the organization sees the agent. A choice holds at once. */
export function VisibilityChoice({ agentId, access }: { agentId: string; access: AgentAccess }) {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [chosen, setChosen] = useState<AgentVisibility>();
  const done = { onSettled: () => queryClient.invalidateQueries(trpc.agents.pathFilter()) };
  const change = useMutation(
    trpc.agents.changeVisibility.mutationOptions({ ...done, onError: () => setChosen(undefined) }),
  );
  const takeOver = useMutation(
    trpc.agents.takeOver.mutationOptions({ ...done, onSuccess: () => toast.success('The agent is yours') }),
  );
  const current = chosen ?? access.visibility;
  const owner = access.owner === null ? 'A program made it' : `Belongs to ${access.owner.name ?? 'somebody who left'}`;
  const failure = change.error ?? takeOver.error;
  return (
    <fieldset className="grid gap-1" disabled={!access.mayChange || change.isPending}>
      <legend className="mb-1.5 font-medium">Who sees it</legend>
      {AgentVisibility.options.map((value) => {
        const { label, icon: Icon, means } = VISIBILITIES[value];
        return (
          <label
            key={value}
            className="flex cursor-pointer items-start gap-2.5 rounded-md border border-transparent px-2.5 py-2 has-[:checked]:border-border has-[:disabled]:cursor-default has-[:checked]:bg-tint has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-ring"
          >
            <input
              type="radio"
              name="visibility"
              value={value}
              checked={current === value}
              onChange={() => {
                setChosen(value);
                change.mutate({ org: slug, agentId, visibility: value });
              }}
              className="mt-0.5 size-3.5 shrink-0 accent-primary outline-none"
            />
            <Icon className="mt-0.5 size-3.5 shrink-0 text-muted-foreground" aria-hidden />
            <span className="grid">
              <span className="font-medium">{label}</span>
              <span className="text-muted-foreground text-xs">{means}</span>
            </span>
          </label>
        );
      })}
      <div className="flex min-h-7 flex-wrap items-center justify-between gap-2 pl-2.5 text-muted-foreground text-xs">
        <span>
          {owner}.{!access.mayChange && ' Its owner, and owners and admins, choose who sees it.'}
        </span>
        {access.mayTakeOver && (
          <Button variant="outline" size="sm" onClick={() => takeOver.mutate({ org: slug, agentId })}>
            Take it over
          </Button>
        )}
      </div>
      <div role="alert" className="pl-2.5 text-destructive">
        {failure && apiErrorOf(failure).message}
      </div>
    </fieldset>
  );
}
