'use client';

import { useId } from 'react';
import { Checkbox } from '@/components/ui/checkbox';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import type { Agent } from '@/lib/contracts/agents';
import { type ApprovalMode, ApprovalRule, DEFAULT_DEADLINE_SECONDS } from '@/lib/contracts/approvals';
import { formatDuration } from '@/lib/format';
import { DeciderSelect } from './decider-select';

const MODES: Record<ApprovalMode, { label: string; does: string }> = {
  auto: { label: 'Runs by itself', does: 'Whenever the model calls it.' },
  ask: { label: 'Asks a person', does: 'Each call waits until somebody approves it.' },
  deny: { label: 'Never runs', does: 'The model is told that it is not allowed.' },
};
const MINUTES = [5, 15, 60, 240, 1_440, 4_320, 10_080, 43_200];

/** Whether a person has to approve the calls of a tool, who, and until when. */
export function ToolApproval({
  agent,
  label,
  isQuestion,
  rule: given,
  readonly,
  onRule,
}: {
  agent: Agent;
  label: string;
  /** People answer it: there is nothing to approve. */
  isQuestion: boolean;
  rule: ApprovalRule | undefined;
  readonly: boolean;
  onRule: (rule: ApprovalRule | undefined) => void;
}) {
  const id = useId();
  const rule = given ?? ApprovalRule.parse({});
  const set = (patch: Partial<ApprovalRule>) => {
    const next = { ...rule, ...patch };
    const isPlain = next.mode === 'auto' && !next.deadlineSeconds && !next.decider && !next.notByStarter;
    onRule(isPlain ? undefined : next);
  };
  const seconds = rule.deadlineSeconds ?? DEFAULT_DEADLINE_SECONDS[isQuestion ? 'question' : 'tool'];
  const choices = [...new Set([...MINUTES.map((minutes) => minutes * 60), seconds])].sort((a, b) => a - b);

  return (
    <div className="flex flex-wrap items-center gap-2 px-3 pb-2.5 sm:pl-10">
      {!isQuestion && (
        <Select value={rule.mode} onValueChange={(mode) => set({ mode: mode as ApprovalMode })} disabled={readonly}>
          <SelectTrigger aria-label={`Use of ${label}`} className="w-36">
            <SelectValue />
          </SelectTrigger>
          <SelectContent>
            {Object.entries(MODES).map(([mode, { label, does }]) => (
              <SelectItem key={mode} value={mode} detail={does}>
                {label}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
      )}
      {(isQuestion || rule.mode === 'ask') && (
        <>
          <DeciderSelect
            label={`Who decides about ${label}`}
            agent={agent}
            rule={rule}
            readonly={readonly}
            onDecider={(decider) => set({ decider })}
          />
          <Select
            value={String(seconds)}
            onValueChange={(value) => set({ deadlineSeconds: Number(value) })}
            disabled={readonly}
          >
            <SelectTrigger aria-label={`Deadline of ${label}`} className="w-32">
              <SelectValue />
            </SelectTrigger>
            <SelectContent>
              {choices.map((choice) => (
                <SelectItem key={choice} value={String(choice)}>
                  within {formatDuration(choice * 1_000)}
                </SelectItem>
              ))}
            </SelectContent>
          </Select>
          <label htmlFor={id} className="flex items-center gap-2 text-muted-foreground text-xs">
            <Checkbox
              id={id}
              checked={rule.notByStarter}
              disabled={readonly}
              onCheckedChange={(checked) => set({ notByStarter: checked === true })}
            />
            Not by who started the run
          </label>
        </>
      )}
    </div>
  );
}
