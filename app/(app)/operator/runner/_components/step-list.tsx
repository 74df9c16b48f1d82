import { Circle, CircleCheck, CircleX } from 'lucide-react';
import { Duration } from '@/components/data/duration';
import type { RunnerStep } from '@/lib/contracts/operator';

const ICONS = { open: Circle, completed: CircleCheck, failed: CircleX };
const COLOURS = { open: 'text-muted-foreground', completed: 'text-success', failed: 'text-failed' };
const WORDS = { open: 'open', completed: 'done', failed: 'failed' };
/** What kinds of step are called, where the code of the protocol says little. */
const OPS: Record<string, string> = {
  StepRun: 'step',
  StepPlanned: 'step',
  StepFailed: 'step',
  StepError: 'step',
  Step: 'step',
  Sleep: 'sleep',
  WaitForEvent: 'waits for an event',
  WaitForSignal: 'waits for a signal',
  InvokeFunction: 'invocation',
  Gateway: 'request',
  AIGateway: 'model request',
};

/** The steps of a run in the order in which they ended, what is open last. Their results are not shown here. */
export function StepList({ steps }: { steps: RunnerStep[] }) {
  if (steps.length === 0) return <p className="px-5 pb-6 text-muted-foreground">No step has ended or waits.</p>;
  return (
    <section aria-labelledby="steps" className="pb-6">
      <h3 id="steps" className="px-5 pb-2 font-semibold">
        Steps
      </h3>
      <ol className="border-t">
        {steps.map((step) => {
          const Icon = ICONS[step.status];
          return (
            <li key={step.id} className="flex min-h-9 items-center gap-3 border-b px-5 py-1.5">
              <Icon className={`size-3.5 shrink-0 ${COLOURS[step.status]}`} aria-hidden />
              <span className="min-w-0 flex-1 truncate">{step.name}</span>
              <span className="shrink-0 text-muted-foreground text-xs">
                {OPS[step.op] ?? step.op}, {WORDS[step.status]}
              </span>
              {step.doneAt && step.doneAt > step.createdAt && (
                <Duration
                  from={step.createdAt}
                  to={step.doneAt}
                  className="w-16 shrink-0 text-right text-muted-foreground text-xs tabular-nums"
                />
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
