'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleCheck, CircleDashed, CircleX } from 'lucide-react';
import { RelativeTime } from '@/components/data/relative-time';
import { toastError } from '@/components/feedback/toast-error';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import { PROVIDER_LABELS } from '@/lib/contracts/models';
import type { Circuit, CircuitState } from '@/lib/contracts/provider-health';
import { useTRPC } from '@/lib/trpc/client';

const STATES: Record<CircuitState, { label: string; Icon: typeof CircleX; colour: string }> = {
  closed: { label: 'Closed', Icon: CircleCheck, colour: 'text-success' },
  open: { label: 'Open', Icon: CircleX, colour: 'text-failed' },
  'half-open': { label: 'Half-open', Icon: CircleDashed, colour: 'text-waiting' },
};
const MEANS: Record<CircuitState, string> = {
  closed: 'It is asked as usual.',
  open: 'Passed over while somebody else can be asked.',
  'half-open': 'The next call sees whether it works again.',
};

/** Every key that failed lately, and a way to forget it. */
export function Circuits({ circuits }: { circuits: Circuit[] }) {
  if (circuits.length === 0) {
    return (
      <p className="flex items-center gap-2 rounded-md border px-4 py-3">
        <CircleCheck className="size-4 text-success" aria-hidden /> Every circuit is closed: no key has failed.
      </p>
    );
  }
  return (
    <ul className="divide-y rounded-md border" aria-label="Circuits">
      {circuits.map((circuit) => (
        <CircuitRow key={`${circuit.provider}/${circuit.source}`} circuit={circuit} />
      ))}
    </ul>
  );
}

function CircuitRow({ circuit }: { circuit: Circuit }) {
  const { slug, can } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { provider, source, state, failures, openUntil, lastError, lastFailedAt } = circuit;
  const { label, Icon, colour } = STATES[state];
  const reset = useMutation(
    trpc.models.resetCircuit.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.models.health.queryFilter({ org: slug })),
      onError: toastError,
    }),
  );
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-2 px-4 py-3">
      <Icon className={`mt-0.5 size-4 shrink-0 ${colour}`} aria-hidden />
      <div className="min-w-56 flex-1">
        <p>
          <span className="font-medium">{PROVIDER_LABELS[provider]}</span>
          <span className="text-muted-foreground">
            {source === 'organization' ? ', key of the organization' : ", the server's key"}
          </span>
        </p>
        <p className="text-muted-foreground text-xs">
          <span className={`font-medium ${colour}`}>{label}</span>. {MEANS[state]}
          {state === 'open' && openUntil && (
            <>
              {' '}
              Tried again <RelativeTime date={openUntil} />.
            </>
          )}
          {failures > 0 && ` ${failures} ${failures === 1 ? 'failure' : 'failures'} in a row`}
          {failures > 0 && lastFailedAt && (
            <>
              , the last <RelativeTime date={lastFailedAt} />
            </>
          )}
        </p>
        {failures > 0 && lastError && <p className="break-words pt-1 text-xs">{lastError}</p>}
      </div>
      {can('credentials:write') && (failures > 0 || state !== 'closed') && (
        <Button
          variant="outline"
          size="sm"
          disabled={reset.isPending}
          aria-label={`Reset ${PROVIDER_LABELS[provider]}`}
          onClick={() => reset.mutate({ org: slug, provider, source })}
        >
          Reset
        </Button>
      )}
    </li>
  );
}
