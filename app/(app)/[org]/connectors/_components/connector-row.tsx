'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleCheck, CircleDashed, CircleX, Ellipsis, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { RelativeTime } from '@/components/data/relative-time';
import { ConfirmDialog } from '@/components/feedback/confirm-dialog';
import { toastError } from '@/components/feedback/toast-error';
import { useOrg } from '@/components/frame/org-context';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { CONNECTOR_LABELS, type Connector } from '@/lib/contracts/connectors';
import { useTRPC } from '@/lib/trpc/client';
import { placeOf } from './place-of';

export function ConnectorRow({ connector, onChange }: { connector: Connector; onChange: () => void }) {
  const { slug, can } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [deleting, setDeleting] = useState(false);
  const refresh = () => queryClient.invalidateQueries(trpc.connectors.pathFilter());
  const test = useMutation(trpc.connectors.test.mutationOptions({ onSuccess: refresh, onError: toastError }));
  const remove = useMutation(
    trpc.connectors.delete.mutationOptions({
      onSuccess: async () => {
        await refresh();
        setDeleting(false);
      },
      onError: toastError,
    }),
  );
  const { id, name, kind, description, access, usedBy } = connector;
  const agents = [...new Map(usedBy.map((use) => [use.agentId, use])).values()];
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-2.5 sm:px-6">
      <div className="min-w-0 flex-1 basis-64">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium">{name}</span>
          <span className="text-muted-foreground text-xs">{CONNECTOR_LABELS[kind].label}</span>
          <Badge variant={access === 'write' ? 'waiting' : 'default'}>
            {access === 'write' ? 'read and write' : 'read only'}
          </Badge>
        </p>
        <p className="truncate font-mono text-muted-foreground text-xs">{placeOf(connector)}</p>
        {description && <p className="truncate text-muted-foreground text-xs">{description}</p>}
        <p className="text-muted-foreground text-xs">
          {agents.length === 0
            ? 'Given to no agent.'
            : agents.map((use, index) => (
                <span key={use.agentId}>
                  {index === 0 ? 'Used by ' : ', '}
                  <Link
                    href={`/${slug}/agents/${use.agentId}`}
                    className="focus-ring rounded-sm text-link underline underline-offset-2"
                  >
                    {use.name}
                  </Link>
                </span>
              ))}
        </p>
      </div>
      <div className="min-w-0 flex-1 basis-64">
        <State connector={connector} />
      </div>
      {can('connectors:write') && (
        <div className="flex gap-2">
          <Button
            variant="outline"
            size="sm"
            disabled={test.isPending}
            aria-label={`Test ${name}`}
            onClick={() => test.mutate({ org: slug, connectorId: id })}
          >
            {test.isPending ? 'Testing' : 'Test'}
          </Button>
          <DropdownMenu>
            <DropdownMenuTrigger asChild>
              <Button variant="ghost" size="icon" aria-label={`More for ${name}`}>
                <Ellipsis />
              </Button>
            </DropdownMenuTrigger>
            <DropdownMenuContent align="end">
              <DropdownMenuItem onSelect={onChange}>Change</DropdownMenuItem>
              <DropdownMenuItem onSelect={() => setDeleting(true)}>Delete</DropdownMenuItem>
            </DropdownMenuContent>
          </DropdownMenu>
        </div>
      )}
      <ConfirmDialog
        open={deleting}
        onOpenChange={setDeleting}
        title={`Delete ${name}?`}
        description={
          agents.length === 0
            ? 'No agent has it. Its password is forgotten.'
            : `${agents.map((use) => use.name).join(', ')} cannot use it from now on. Its password is forgotten.`
        }
        action="Delete"
        typed={agents.length === 0 ? undefined : name}
        busy={remove.isPending}
        onConfirm={() => remove.mutate({ org: slug, connectorId: id })}
      />
    </li>
  );
}

/** How the last test or use ended, by shape, word and colour. */
function State({ connector: { state, stateMessage, stateAt, warnings } }: { connector: Connector }) {
  const Icon = { untested: CircleDashed, ok: CircleCheck, broken: CircleX }[state];
  const colour = { untested: 'text-muted-foreground', ok: 'text-success', broken: 'text-failed' }[state];
  return (
    <div role="status" className="grid gap-1 text-xs">
      <p className="flex items-start gap-1.5">
        <Icon className={`mt-px size-3.5 shrink-0 ${colour}`} aria-hidden />
        <span className="min-w-0">
          <span className="font-medium">{{ untested: 'Not tested', ok: 'Works', broken: 'Broken' }[state]}</span>
          {stateAt && (
            <span className="text-muted-foreground">
              {' '}
              · {stateMessage} · <RelativeTime date={stateAt} />
            </span>
          )}
        </span>
      </p>
      {warnings.map((warning) => (
        <p key={warning} className="flex items-start gap-1.5 text-waiting">
          <TriangleAlert className="mt-px size-3.5 shrink-0" aria-hidden />
          <span className="min-w-0">{warning}</span>
        </p>
      ))}
    </div>
  );
}
