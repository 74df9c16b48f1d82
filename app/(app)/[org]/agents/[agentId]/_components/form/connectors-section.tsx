'use client';

import { useQuery } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import Link from 'next/link';
import { useId } from 'react';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { Input } from '@/components/ui/input';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import {
  type AgentConnector,
  type AttachableConnector,
  CONNECTOR_LABELS,
  ConnectorAccess,
} from '@/lib/contracts/connectors';
import { useTRPC } from '@/lib/trpc/client';
import { Section } from './section';
import type { SectionProps } from './section-props';

/** The organization's systems that the agent may use, each under an alias of its own; its tool comes along. */
export function ConnectorsSection({ spec, editSpec, problems, readonly }: SectionProps) {
  const id = useId();
  const { slug, can } = useOrg();
  const { data: offered } = useQuery(useTRPC().connectors.attachable.queryOptions({ org: slug }));
  // Drafts of before there were connectors have none.
  const given = spec.connectors ?? [];
  const add = (chosen: AttachableConnector) => {
    const taken = given.map(({ alias }) => alias);
    const alias = [chosen.name, ...given.map((_, index) => `${chosen.name.slice(0, 36)}-${index + 2}`)].find(
      (one) => !taken.includes(one),
    );
    const tool = CONNECTOR_LABELS[chosen.kind].read;
    editSpec({
      connectors: [...given, { connector: chosen.name, alias: alias ?? chosen.name, access: 'read' }],
      tools: spec.tools.some(({ name }) => name === tool) ? spec.tools : [...spec.tools, { name: tool }],
    });
  };
  const set = (index: number, next: AgentConnector, known: AttachableConnector | undefined) => {
    const tool = next.access === 'write' ? known && CONNECTOR_LABELS[known.kind].write : undefined;
    const missing = tool !== undefined && !spec.tools.some(({ name }) => name === tool);
    editSpec({ connectors: given.with(index, next), ...(missing && { tools: [...spec.tools, { name: tool }] }) });
  };
  // One being renamed is told apart by its place alone.
  const rows = given.map((one, index) => ({ one, index, known: offered?.find(({ name }) => name === one.connector) }));
  const problemOf = (index: number) => problems[`spec.connectors.${index}.alias`];
  return (
    <Section
      id="connectors"
      title="Connectors"
      help="Databases, storage and services that its tools work with."
      aside={
        !readonly &&
        offered &&
        offered.length > 0 && (
          <DropdownMenu>
            <DropdownMenuTrigger asChild>
              <Button variant="ghost" size="sm" aria-label="Add a connector">
                <Plus /> Add
              </Button>
            </DropdownMenuTrigger>
            <DropdownMenuContent align="end">
              {offered.map((connector) => (
                <DropdownMenuItem key={connector.name} onSelect={() => add(connector)}>
                  {connector.name}
                  <span className="text-muted-foreground text-xs">{CONNECTOR_LABELS[connector.kind].label}</span>
                </DropdownMenuItem>
              ))}
            </DropdownMenuContent>
          </DropdownMenu>
        )
      }
    >
      {given.length === 0 && (
        <p className="text-muted-foreground text-xs">
          {offered?.length === 0 && can('connectors:read') ? (
            <>
              None. The organization has none yet:{' '}
              <Link
                href={`/${slug}/connectors`}
                className="focus-ring rounded-sm text-link underline underline-offset-2"
              >
                Connectors
              </Link>
            </>
          ) : (
            'None.'
          )}
        </p>
      )}
      {rows.length > 0 && (
        <ul className="divide-y rounded-md border">
          {rows.map(({ one, index, known }) => (
            <li key={index} className="flex flex-wrap items-center gap-2 px-3 py-2">
              <span className="min-w-0 flex-1 basis-24">
                <span className="block truncate font-medium">{one.connector}</span>
                <span
                  className={known || !offered ? 'block text-muted-foreground text-xs' : 'block text-waiting text-xs'}
                >
                  {known ? describe(known) : offered ? 'There is no such connector here.' : ''}
                </span>
              </span>
              <span className="text-muted-foreground text-xs" aria-hidden>
                as
              </span>
              <Input
                aria-label={`Alias of ${one.connector}`}
                value={one.alias}
                readOnly={readonly}
                spellCheck={false}
                aria-invalid={problemOf(index) ? true : undefined}
                aria-describedby={problemOf(index) && `${id}-${index}`}
                className="w-28 font-mono text-xs"
                onChange={(event) => set(index, { ...one, alias: event.target.value }, known)}
              />
              <Select
                value={one.access}
                disabled={readonly}
                onValueChange={(access) => set(index, { ...one, access: ConnectorAccess.parse(access) }, known)}
              >
                <SelectTrigger aria-label={`What the agent may do with ${one.connector}`} className="w-24">
                  <SelectValue />
                </SelectTrigger>
                <SelectContent>
                  <SelectItem value="read">Read</SelectItem>
                  {(known?.access === 'write' || one.access === 'write') && (
                    <SelectItem value="write">Write</SelectItem>
                  )}
                </SelectContent>
              </Select>
              {!readonly && (
                <Button
                  variant="ghost"
                  size="icon"
                  aria-label={`Remove ${one.connector}`}
                  onClick={() => editSpec({ connectors: given.filter((_, at) => at !== index) })}
                >
                  <X className="text-muted-foreground" />
                </Button>
              )}
              {problemOf(index) && (
                <p id={`${id}-${index}`} className="basis-full text-destructive text-xs">
                  {problemOf(index)}
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
      {problems['spec.connectors'] && <p className="pt-1 text-destructive text-xs">{problems['spec.connectors']}</p>}
    </Section>
  );
}

const describe = ({ kind, state }: AttachableConnector): string =>
  `${CONNECTOR_LABELS[kind].label}${state === 'broken' ? ' · broken at the moment' : ''}`;
