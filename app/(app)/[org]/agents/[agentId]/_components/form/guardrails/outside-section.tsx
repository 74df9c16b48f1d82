'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { useOrg } from '@/components/frame/org-context';
import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import { TaintRule } from '@/lib/contracts/guardrails';
import type { OfferedTool } from '@/lib/contracts/tools';
import { useTRPC } from '@/lib/trpc/client';
import { Section } from '../section';
import type { SectionProps } from '../section-props';
import { LinesField } from './lines-field';
import { problemAt } from './problem-at';

const MODES: Record<TaintRule['mode'], { label: string; does: string }> = {
  ask: { label: 'Ask a person', does: 'Each such call waits in Approvals, with a warning.' },
  deny: { label: 'Refuse', does: 'The call is not run; the model is told why. For agents nobody watches.' },
  off: { label: 'Off', does: 'Nothing is checked. Whoever writes what it reads can use its tools.' },
};

/** What the agent may still do once it has read what somebody outside may have written. */
export function OutsideSection({ spec, editSpec, problems, readonly }: SectionProps) {
  const id = useId();
  const { slug } = useOrg();
  const { data: offered } = useSuspenseQuery(useTRPC().tools.offered.queryOptions({ org: slug }));
  // Drafts of before there was a rule have none.
  const taint = spec.taint ?? TaintRule.parse({});
  const set = (patch: Partial<TaintRule>) => editSpec({ taint: { ...taint, ...patch } });
  const given = offered.filter(({ name }) => spec.tools.some((tool) => tool.name === name));
  const acting = given.filter(({ effect, asksPeople }) => effect !== 'none' && !asksPeople);
  const reading = given.filter(({ reads }) => reads === 'untrusted');
  return (
    <Section
      id="outside"
      title="Text from outside"
      help="A page, an e-mail or a row of a database can tell the model what to do, and where to send what it knows. A model cannot tell such a text from what you say. So once it has read one, tools that send data out or change something do not run by themselves."
    >
      <div className="grid gap-4">
        <dl className="grid gap-x-3 gap-y-1 text-xs sm:grid-cols-[auto_1fr]">
          <dt className="text-muted-foreground">Read text from outside</dt>
          <dd>{listOf(reading)}</dd>
          <dt className="text-muted-foreground">Send data or change something</dt>
          <dd>{listOf(acting)}</dd>
        </dl>
        <Field label="Then such a tool" help={MODES[taint.mode].does} className="max-w-80">
          {(control) => (
            <Select
              value={taint.mode}
              disabled={readonly}
              onValueChange={(mode) => set({ mode: TaintRule.shape.mode.parse(mode) })}
            >
              <SelectTrigger {...control}>
                <SelectValue />
              </SelectTrigger>
              <SelectContent>
                {TaintRule.shape.mode.unwrap().options.map((mode) => (
                  <SelectItem key={mode} value={mode} detail={MODES[mode].does}>
                    {MODES[mode].label}
                  </SelectItem>
                ))}
              </SelectContent>
            </Select>
          )}
        </Field>
        {taint.mode !== 'off' && (
          <>
            {acting.length > 0 && (
              <fieldset className="grid gap-2">
                <legend className="pb-1.5 font-medium text-xs">May be used all the same</legend>
                {acting.map(({ name, label, effect }) => (
                  <Choice
                    key={name}
                    id={`${id}-${name}`}
                    label={label}
                    help={effect === 'sends' ? 'Sends data out' : 'Changes something'}
                    checked={taint.tools.includes(name)}
                    readonly={readonly}
                    onChange={(on) =>
                      set({ tools: on ? [...taint.tools, name] : taint.tools.filter((other) => other !== name) })
                    }
                  />
                ))}
              </fieldset>
            )}
            <LinesField
              label="Hosts that may be called"
              help="One in a line; *.example.com is all below it. Whoever runs a host reads what it is sent."
              placeholder="api.example.com"
              lines={taint.hosts}
              problem={problemAt(problems, 'spec.taint.hosts')}
              readonly={readonly}
              onLines={(hosts) => set({ hosts })}
            />
            <Choice
              id={`${id}-links`}
              label="May open links it has read"
              help="As they are written. Whoever wrote them learns which ones were opened, and can make that say something."
              checked={taint.openLinks}
              readonly={readonly}
              onChange={(openLinks) => set({ openLinks })}
            />
          </>
        )}
      </div>
    </Section>
  );
}

const listOf = (tools: readonly OfferedTool[]): string =>
  tools.map(({ label }) => label).join(', ') || 'None of its tools';

function Choice({
  id,
  label,
  help,
  checked,
  readonly,
  onChange,
}: {
  id: string;
  label: string;
  help: string;
  checked: boolean;
  readonly: boolean;
  onChange: (on: boolean) => void;
}) {
  return (
    <div className="flex items-start gap-2">
      <Checkbox
        id={id}
        checked={checked}
        disabled={readonly}
        aria-describedby={`${id}-help`}
        className="mt-0.5"
        onCheckedChange={(on) => onChange(on === true)}
      />
      <div className="min-w-0">
        <label htmlFor={id}>{label}</label>
        <p id={`${id}-help`} className="text-muted-foreground text-xs">
          {help}
        </p>
      </div>
    </div>
  );
}
