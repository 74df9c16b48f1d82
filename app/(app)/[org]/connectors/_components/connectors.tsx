'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { EmptyState } from '@/components/feedback/empty-state';
import { useOrg } from '@/components/frame/org-context';
import { PageHead } from '@/components/frame/page-head';
import { Button } from '@/components/ui/button';
import type { Connector } from '@/lib/contracts/connectors';
import { useTRPC } from '@/lib/trpc/client';
import { ConnectorDialog } from './connector-dialog';
import { ConnectorRow } from './connector-row';

export function Connectors() {
  const { slug, can } = useOrg();
  const [editing, setEditing] = useState<Connector | 'new' | null>(null);
  const { data: connectors } = useSuspenseQuery(useTRPC().connectors.list.queryOptions({ org: slug }));
  const add = can('connectors:write') && (
    <Button onClick={() => setEditing('new')}>
      <Plus /> New connector
    </Button>
  );
  return (
    <div className="mx-auto max-w-7xl">
      <PageHead
        title="Connectors"
        facts="Your databases, storage and services, given to agents to read or to write."
        actions={connectors.length > 0 && add}
      />
      {connectors.length === 0 ? (
        <div className="border-t">
          <EmptyState title="No connectors yet" action={add}>
            Connect a database with a login that may only read, give it to an agent, and ask it questions.
          </EmptyState>
        </div>
      ) : (
        <ul className="divide-y border-y">
          {connectors.map((connector) => (
            <ConnectorRow key={connector.id} connector={connector} onChange={() => setEditing(connector)} />
          ))}
        </ul>
      )}
      {editing && (
        <ConnectorDialog connector={editing === 'new' ? undefined : editing} onClose={() => setEditing(null)} />
      )}
    </div>
  );
}
