'use client';

import { Field } from '@/components/ui/field';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import { GuardAction } from '@/lib/contracts/guardrails';

const LABELS: Record<GuardAction, { label: string; does: string }> = {
  redact: { label: 'Take it out', does: 'The text goes on without it, and nothing keeps it.' },
  block: { label: 'Block', does: 'The run ends and says which guardrail it was.' },
};

/** What becomes of a text in which something was found. */
export function GuardActionSelect({
  action,
  readonly,
  onAction,
}: {
  action: GuardAction;
  readonly: boolean;
  onAction: (action: GuardAction) => void;
}) {
  return (
    <Field label="When it is found" className="max-w-48">
      {(control) => (
        <Select value={action} disabled={readonly} onValueChange={(chosen) => onAction(GuardAction.parse(chosen))}>
          <SelectTrigger {...control}>
            <SelectValue />
          </SelectTrigger>
          <SelectContent>
            {GuardAction.options.map((one) => (
              <SelectItem key={one} value={one} detail={LABELS[one].does}>
                {LABELS[one].label}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
      )}
    </Field>
  );
}
