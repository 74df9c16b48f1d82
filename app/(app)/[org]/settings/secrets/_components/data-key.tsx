'use client';

import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { RotateCw } from 'lucide-react';
import { useState } from 'react';
import { RelativeTime } from '@/components/data/relative-time';
import { ConfirmDialog } from '@/components/feedback/confirm-dialog';
import { toastError } from '@/components/feedback/toast-error';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import type { DataKeyState } from '@/lib/contracts/secrets';
import { useTRPC } from '@/lib/trpc/client';
import { SettingsSection } from '../../_components/settings-section';

/** The key that everything secret of the organization is encrypted with. */
export function DataKey() {
  const { slug, can } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [rotating, setRotating] = useState(false);
  const { data: key } = useSuspenseQuery(
    trpc.secrets.dataKey.queryOptions(
      { org: slug },
      { refetchInterval: ({ state }) => (state.data?.completedAt === null ? 1_000 : false) },
    ),
  );
  const rotate = useMutation(
    trpc.secrets.rotateKey.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.secrets.pathFilter());
        setRotating(false);
      },
      onError: toastError,
    }),
  );
  return (
    <SettingsSection
      title="Encryption key"
      help="Secrets, provider keys and connectors are encrypted with a key of this organization alone."
      action={
        can('secrets:write') && (
          <Button variant="outline" disabled={key.completedAt === null} onClick={() => setRotating(true)}>
            <RotateCw /> Rotate
          </Button>
        )
      }
    >
      <div className="grid gap-2 rounded-md border px-3 py-2.5">
        <p>
          <span className="font-medium">Version {key.version}</span>
          <span className="text-muted-foreground">
            {' '}
            · {key.createdByName ?? 'Somebody who left'}, <RelativeTime date={key.createdAt} />
          </span>
        </p>
        <Progress state={key} />
      </div>
      <ConfirmDialog
        open={rotating}
        onOpenChange={setRotating}
        title="Rotate the encryption key?"
        description="A new key is made, and everything is encrypted again with it in the background. Nothing stops working meanwhile."
        action="Rotate"
        busy={rotate.isPending}
        onConfirm={() => rotate.mutate({ org: slug })}
      />
    </SettingsSection>
  );
}

function Progress({ state: { total, left, completedAt } }: { state: DataKeyState }) {
  const many = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'value' : 'values'}`;
  if (completedAt && left === 0) {
    return <p className="text-muted-foreground text-xs">Everything is encrypted with it: {many(total)}.</p>;
  }
  if (completedAt) {
    return (
      <p className="text-waiting text-xs">
        {many(left)} could not be opened with any key. Save them again: they are lost.
      </p>
    );
  }
  return (
    <div className="grid gap-1.5">
      <p role="status" className="text-muted-foreground text-xs">
        Encrypting again: {(total - left).toLocaleString('en')} of {many(total)}.
      </p>
      <div
        role="progressbar"
        aria-label="Encrypted with the new key"
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={total - left}
        className="h-1.5 overflow-hidden rounded-full bg-muted"
      >
        <div
          className="h-full bg-primary transition-[width]"
          style={{ width: `${total ? ((total - left) / total) * 100 : 100}%` }}
        />
      </div>
    </div>
  );
}
