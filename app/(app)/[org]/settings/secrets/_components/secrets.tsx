'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { EmptyState } from '@/components/feedback/empty-state';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import type { Secret } from '@/lib/contracts/secrets';
import { useTRPC } from '@/lib/trpc/client';
import { SettingsSection } from '../../_components/settings-section';
import { SecretDialog } from './secret-dialog';
import { SecretRow } from './secret-row';

export function Secrets() {
  const { slug, can } = useOrg();
  const [editing, setEditing] = useState<Secret | 'new' | null>(null);
  const { data: secrets } = useSuspenseQuery(useTRPC().secrets.list.queryOptions({ org: slug }));
  const add = can('secrets:write') && (
    <Button onClick={() => setEditing('new')}>
      <Plus /> New secret
    </Button>
  );
  return (
    <SettingsSection
      level={1}
      title="Secrets"
      help={
        <>
          Values that tools fill in where they say <code className="font-mono text-xs">{'{{secret.NAME}}'}</code>.
          Encrypted, written and never shown again: no model sees one, and where an answer repeats one, its name stands
          instead.
        </>
      }
      action={secrets.length > 0 && add}
    >
      {secrets.length === 0 ? (
        <div className="rounded-md border">
          <EmptyState title="No secrets yet" action={add}>
            A tool that calls your shop needs its token; the agent that uses the tool does not.
          </EmptyState>
        </div>
      ) : (
        <ul className="divide-y border-y">
          {secrets.map((secret) => (
            <SecretRow key={secret.id} secret={secret} onReplace={() => setEditing(secret)} />
          ))}
        </ul>
      )}
      {editing && <SecretDialog secret={editing === 'new' ? undefined : editing} onClose={() => setEditing(null)} />}
    </SettingsSection>
  );
}
