'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { TriangleAlert, X } from 'lucide-react';
import { useId } from 'react';
import { useOrg } from '@/components/frame/org-context';
import { ToolIcon } from '@/components/tools/tool-icon';
import { Button } from '@/components/ui/button';
import { Switch } from '@/components/ui/switch';
import type { AgentTool } from '@/lib/contracts/agents';
import { useTRPC } from '@/lib/trpc/client';
import { DelegateAgents } from './delegate-agents';
import { Section } from './section';
import type { SectionProps } from './section-props';
import { ToolApproval } from './tool-approval';

export function ToolsSection({ agent, spec, editSpec, readonly }: SectionProps) {
  const id = useId();
  const { slug } = useOrg();
  const { data: offered } = useSuspenseQuery(useTRPC().tools.offered.queryOptions({ org: slug }));
  const given = (name: string) => spec.tools.find((tool) => tool.name === name);
  const gone = spec.tools.filter(({ name }) => !offered.some((tool) => tool.name === name));
  const set = (next: AgentTool) =>
    editSpec({ tools: spec.tools.map((tool) => (tool.name === next.name ? next : tool)) });
  const remove = (name: string) => editSpec({ tools: spec.tools.filter((tool) => tool.name !== name) });
  return (
    <Section id="tools" title="Tools" help="What the agent may do besides answering.">
      <ul className="divide-y rounded-md border">
        {offered.map(({ name, label, does, group, asksPeople, disabled }) => {
          const tool = given(name);
          return (
            <li key={name}>
              <label
                htmlFor={`${id}-${name}`}
                className="flex cursor-pointer items-center gap-3 px-3 py-2 hover:bg-accent/50"
              >
                <ToolIcon group={group} className="size-4 shrink-0 text-muted-foreground" />
                <span className="min-w-0 flex-1">
                  <span className="block font-medium">{label}</span>
                  <span className="block text-muted-foreground text-xs">{does}</span>
                  {disabled && <span className="block text-waiting text-xs">Off now: {disabled}</span>}
                </span>
                <Switch
                  id={`${id}-${name}`}
                  checked={tool !== undefined}
                  disabled={readonly}
                  onCheckedChange={(on) => (on ? editSpec({ tools: [...spec.tools, { name }] }) : remove(name))}
                />
              </label>
              {tool && name === 'delegate' && <DelegateAgents tool={tool} readonly={readonly} onTool={set} />}
              {tool && (
                <ToolApproval
                  agent={agent}
                  label={label}
                  isQuestion={asksPeople}
                  rule={tool.approval}
                  readonly={readonly}
                  onRule={(approval) => set({ ...tool, approval })}
                />
              )}
            </li>
          );
        })}
        {gone.map(({ name }) => (
          <li key={name} className="flex items-center gap-3 px-3 py-2">
            <TriangleAlert className="size-4 shrink-0 text-waiting" aria-hidden />
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium font-mono text-xs">{name}</span>
              <span className="block text-muted-foreground text-xs">There is no such tool any more.</span>
            </span>
            {!readonly && (
              <Button variant="ghost" size="icon" aria-label={`Remove ${name}`} onClick={() => remove(name)}>
                <X className="text-muted-foreground" />
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
