'use client';

import { useState } from 'react';
import { TooLong } from '@/components/feedback/too-long';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { MAX_REASON } from '@/lib/contracts/approvals';
import type { DecideProps } from './decide-props';

/** The agent reads the reason, and can do better with one. */
export function DenyPanel({
  label,
  setPanel,
  onDecide,
}: { label: string } & Pick<DecideProps, 'setPanel' | 'onDecide'>) {
  const [reason, setReason] = useState('');
  const isTooLong = reason.length > MAX_REASON;
  return (
    <form
      className="flex flex-wrap items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isTooLong) onDecide({ type: 'deny', reason });
      }}
    >
      <Input
        autoFocus
        aria-label="Reason"
        placeholder="Reason for the agent (optional)"
        aria-invalid={isTooLong || undefined}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        className="min-w-0 flex-1 basis-full text-sm sm:basis-56"
      />
      <Button type="submit" size="sm" variant="destructive" disabled={isTooLong}>
        {label}
      </Button>
      <Button type="button" size="sm" variant="ghost" onClick={() => setPanel(null)}>
        Back
      </Button>
      <TooLong length={reason.length} most={MAX_REASON} />
    </form>
  );
}
