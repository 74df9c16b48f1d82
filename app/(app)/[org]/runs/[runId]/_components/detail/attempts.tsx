'use client';

import { Cost } from '@/components/data/cost';
import { Status } from '@/components/run/status';
import type { RoutingDecision, SkipReason } from '@/lib/contracts/routing';
import { POLICY_LABELS } from '@/lib/contracts/routing';
import type { Span } from '@/lib/contracts/runs';
import { formatDuration } from '@/lib/format';
import { Block } from './block';

const REASONS: Record<RoutingDecision['reason'], string> = {
  policy: 'Chosen by the policy',
  fallback: 'Asked because others could not answer',
  probe: 'Asked to see whether its provider is back',
  last_resort: 'Asked although its circuit is open: nobody else is there',
};
const SKIPPED: Record<SkipReason, string> = {
  failed: 'failed',
  circuit_open: 'circuit open',
  no_key: 'no key',
};

/** Why this model was asked, who was passed over, and every attempt at the step. */
export function Attempts({
  span,
  spans,
  routing,
}: {
  span: Span;
  spans: Span[];
  routing: RoutingDecision | undefined;
}) {
  const attempts = spans.filter(({ stepKey }) => stepKey === span.stepKey);
  if (!routing && attempts.length < 2) return null;
  return (
    <>
      {routing && (
        <Block title="Why this model">
          <p>
            {REASONS[routing.reason]}
            <span className="text-muted-foreground">
              {' · '}
              {routing.reason === 'policy' && routing.policy !== 'fixed' && `${POLICY_LABELS[routing.policy]} · `}
              {routing.detail}
            </span>
          </p>
          {routing.skipped.length > 0 && (
            <ul className="mt-1.5 grid gap-1 text-xs">
              {routing.skipped.map(({ model, reason, detail }) => (
                <li key={model}>
                  <span className="font-mono">{model}</span>{' '}
                  <span className="font-medium text-failed">{SKIPPED[reason]}</span>
                  <span className="text-muted-foreground"> {detail.replace(`${model}: `, '')}</span>
                </li>
              ))}
            </ul>
          )}
        </Block>
      )}
      {attempts.length > 1 && (
        <Block title="Attempts">
          <ol aria-label="Attempts" className="divide-y rounded-md border">
            {attempts.map((one) => (
              <Attempt key={one.seq} span={one} isThis={one.seq === span.seq} />
            ))}
          </ol>
        </Block>
      )}
    </>
  );
}

function Attempt({ span, isThis }: { span: Span; isThis: boolean }) {
  const { attempt, name, status, startedAt, endedAt, costMicros, inputTokens, outputTokens, errorMessage } = span;
  return (
    <li aria-current={isThis || undefined} className="grid gap-0.5 px-3 py-2 aria-current:bg-accent/50">
      <p className="flex flex-wrap items-center gap-x-3">
        <span className="text-muted-foreground text-xs tabular-nums">{attempt + 1}</span>
        <span className="min-w-0 flex-1 truncate font-mono text-xs">{name}</span>
        <Status status={status} className="text-xs" />
      </p>
      <p className="flex flex-wrap gap-x-3 pl-5 text-muted-foreground text-xs tabular-nums">
        {endedAt && <span>{formatDuration(endedAt.getTime() - startedAt.getTime())}</span>}
        {inputTokens !== null && (
          <span>
            {inputTokens} in, {outputTokens ?? 0} out
          </span>
        )}
        {costMicros !== null && <Cost micros={costMicros} />}
      </p>
      {errorMessage && <p className="line-clamp-2 pl-5 text-failed text-xs">{errorMessage}</p>}
    </li>
  );
}
