'use client';

import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Monitor, Smartphone } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { RelativeTime } from '@/components/data/relative-time';
import { ConfirmDialog } from '@/components/feedback/confirm-dialog';
import { toastError } from '@/components/feedback/toast-error';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import type { Session } from '@/lib/contracts/people';
import { formatAddress } from '@/lib/format';
import { useTRPC } from '@/lib/trpc/client';
import { SettingsSection } from '../../_components/settings-section';
import { describeBrowser } from './describe-browser';

export function Sessions() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const { data: sessions } = useSuspenseQuery(trpc.people.sessions.queryOptions());
  const leaveOthers = useMutation(
    trpc.people.signOutEverywhere.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.people.pathFilter());
        toast.success('Signed out everywhere else');
      },
      onError: toastError,
    }),
  );
  const leaveAll = useMutation(
    trpc.people.signOutEverywhere.mutationOptions({
      onSuccess: () => window.location.assign('/sign-in'),
      onError: toastError,
    }),
  );
  const others = sessions.filter(({ current }) => !current).length;
  return (
    <SettingsSection
      level={1}
      title="Sessions"
      help="Where your account is signed in, in every organization. Signing out somewhere holds from the next request there."
      action={
        <div className="flex gap-2">
          <Button
            variant="outline"
            disabled={others === 0 || leaveOthers.isPending}
            onClick={() => leaveOthers.mutate({ keepCurrent: true })}
          >
            Sign out elsewhere
          </Button>
          <Button variant="outline" onClick={() => setAsking(true)}>
            Sign out everywhere
          </Button>
        </div>
      }
    >
      <ul aria-label="Sessions" className="divide-y border-y">
        {sessions.map((session) => (
          <SessionRow key={session.id} session={session} />
        ))}
      </ul>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Sign out everywhere?"
        description="This browser too. Runs go on."
        action="Sign out"
        busy={leaveAll.isPending}
        onConfirm={() => leaveAll.mutate({ keepCurrent: false })}
      />
    </SettingsSection>
  );
}

function SessionRow({ session }: { session: Session }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const revoke = useMutation(
    trpc.people.revokeSession.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.people.pathFilter()),
      onError: toastError,
    }),
  );
  const browser = describeBrowser(session.userAgent);
  const Icon = browser.mobile ? Smartphone : Monitor;
  return (
    <li className="flex min-h-12 items-center gap-3 py-1.5">
      <Icon className="size-4 shrink-0 text-muted-foreground" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2 truncate font-medium">
          {browser.name} {session.current && <Badge variant="accent">This browser</Badge>}
        </p>
        <p className="text-muted-foreground text-xs">
          {session.ip ? formatAddress(session.ip) : 'unknown address'} · signed in{' '}
          <RelativeTime date={session.createdAt} /> · seen <RelativeTime date={session.lastSeenAt} />
        </p>
      </div>
      {!session.current && (
        <Button
          variant="outline"
          size="sm"
          disabled={revoke.isPending}
          onClick={() => revoke.mutate({ sessionId: session.id })}
        >
          Sign out
        </Button>
      )}
    </li>
  );
}
