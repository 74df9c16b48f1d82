'use client';

import { Calculator, Clock, Globe, Hand, type LucideIcon } from 'lucide-react';
import { useId } from 'react';
import { Switch } from '@/components/ui/switch';
import type { ApprovalRule } from '@/lib/contracts/approvals';
import { TOOL_LABELS, TOOL_NAMES, type ToolName } from '@/lib/contracts/tools';
import { Section } from './section';
import type { SectionProps } from './section-props';
import { ToolApproval } from './tool-approval';

const ICONS: Record<ToolName, LucideIcon> = {
  calculator: Calculator,
  current_time: Clock,
  http_request: Globe,
  ask_human: Hand,
};

export function ToolsSection({ spec, editSpec, readonly }: SectionProps) {
  const id = useId();
  const given = (name: ToolName) => spec.tools.find((tool) => tool.name === name);
  const setRule = (name: ToolName, approval: ApprovalRule | undefined) =>
    editSpec({
      tools: spec.tools.map((tool) => (tool.name === name ? { name, ...(approval && { approval }) } : tool)),
    });
  return (
    <Section id="tools" title="Tools" help="What the agent may do besides answering.">
      <ul className="divide-y rounded-md border">
        {TOOL_NAMES.map((name) => {
          const Icon = ICONS[name];
          const { label, does } = TOOL_LABELS[name];
          const tool = given(name);
          return (
            <li key={name}>
              <label
                htmlFor={`${id}-${name}`}
                className="flex cursor-pointer items-center gap-3 px-3 py-2 hover:bg-accent/50"
              >
                <Icon className="size-4 shrink-0 text-muted-foreground" aria-hidden />
                <span className="min-w-0 flex-1">
                  <span className="block font-medium">{label}</span>
                  <span className="block text-muted-foreground text-xs">{does}</span>
                </span>
                <Switch
                  id={`${id}-${name}`}
                  checked={tool !== undefined}
                  disabled={readonly}
                  onCheckedChange={(on) =>
                    editSpec({
                      tools: on ? [...spec.tools, { name }] : spec.tools.filter((one) => one.name !== name),
                    })
                  }
                />
              </label>
              {tool && <ToolApproval tool={tool} readonly={readonly} onRule={(approval) => setRule(name, approval)} />}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
