'use client';

import { MailCheck } from 'lucide-react';
import { MailboxHint } from '@/components/mail/mailbox-hint';
import { Button } from '@/components/ui/button';
import { AuthHead } from './auth-head';

/** After a form that sends a mail: it says the same whoever has an account. */
export function CheckMail({
  email,
  lasts,
  again,
  back,
}: {
  email: string;
  /** How long the link works. */
  lasts: string;
  again: { run: () => void; busy: boolean; done: boolean };
  back: () => void;
}) {
  return (
    <div aria-live="polite">
      <MailCheck className="mb-3 size-6 text-link" aria-hidden />
      <AuthHead title="Check your mail">
        <p>
          A message is on its way to <strong className="break-words font-medium text-foreground">{email}</strong>. The
          link in it works once, for {lasts}.
        </p>
      </AuthHead>
      <MailboxHint to={email} className="mt-5" />
      <div className="mt-6 flex flex-wrap gap-2">
        <Button variant="outline" onClick={again.run} disabled={again.busy}>
          {again.busy ? 'Sending…' : again.done ? 'Sent again' : 'Send again'}
        </Button>
        <Button variant="ghost" onClick={back}>
          Use another address
        </Button>
      </div>
    </div>
  );
}
