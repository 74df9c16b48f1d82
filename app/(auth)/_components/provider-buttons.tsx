'use client';

import { signIn } from 'next-auth/react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import type { OfferedProvider } from '@/lib/contracts/people';

/** Ways in besides a password, where the server has any. */
export function ProviderButtons({ providers, next }: { providers: OfferedProvider[]; next: string | null }) {
  const [leaving, setLeaving] = useState<string | null>(null);
  if (providers.length === 0) return null;
  const leave = (id: string) => {
    setLeaving(id);
    signIn(id, { redirectTo: next ?? '/sign-in' }).catch(() => setLeaving(null));
  };
  return (
    <div className="mt-6 grid gap-2">
      {providers.map(({ id, name }) => (
        <Button key={id} variant="outline" className="h-9" disabled={leaving !== null} onClick={() => leave(id)}>
          {leaving === id ? `Going to ${name}…` : `Continue with ${name}`}
        </Button>
      ))}
      <p className="flex items-center gap-3 pt-4 text-muted-foreground text-xs before:h-px before:flex-1 before:bg-border after:h-px after:flex-1 after:bg-border">
        or with a password
      </p>
    </div>
  );
}
