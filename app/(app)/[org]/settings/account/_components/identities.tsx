'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link2 } from 'lucide-react';
import { RelativeTime } from '@/components/data/relative-time';
import { toastError } from '@/components/feedback/toast-error';
import { Button } from '@/components/ui/button';
import { type Identity, PROVIDER_NAMES } from '@/lib/contracts/people';
import { useTRPC } from '@/lib/trpc/client';
import { SettingsSection } from '../../_components/settings-section';

/** Accounts elsewhere that sign this person in. */
export function Identities({ identities }: { identities: Identity[] }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const disconnect = useMutation(
    trpc.people.disconnect.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.people.account.pathFilter()),
      onError: toastError,
    }),
  );
  return (
    <SettingsSection title="Connected accounts" help="Each of them signs you in, also when your address changes.">
      <ul className="divide-y border-y">
        {identities.map(({ provider, email, createdAt }) => (
          <li key={`${provider} ${email}`} className="flex min-h-12 items-center gap-3 py-1.5">
            <Link2 className="size-4 shrink-0 text-muted-foreground" aria-hidden />
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium">{PROVIDER_NAMES[provider]}</p>
              <p className="truncate text-muted-foreground text-xs">
                {email} · since <RelativeTime date={createdAt} />
              </p>
            </div>
            <Button
              variant="outline"
              size="sm"
              disabled={disconnect.isPending}
              onClick={() => disconnect.mutate({ provider })}
            >
              Disconnect
            </Button>
          </li>
        ))}
      </ul>
    </SettingsSection>
  );
}
