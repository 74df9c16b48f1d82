'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import type { DecideProps } from './decide-props';

/** The agent reads the reason, and can do better with one. */
export function DenyPanel({
  label,
  setPanel,
  onDecide,
}: { label: string } & Pick<DecideProps, 'setPanel' | 'onDecide'>) {
  const [reason, setReason] = useState('');
  return (
    <form
      className="flex flex-wrap items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        onDecide({ type: 'deny', reason });
      }}
    >
      <Input
        autoFocus
        aria-label="Reason"
        placeholder="Reason for the agent (optional)"
        maxLength={2_000}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        className="min-w-0 flex-1 basis-full text-sm sm:basis-56"
      />
      <Button type="submit" size="sm" variant="destructive">
        {label}
      </Button>
      <Button type="button" size="sm" variant="ghost" onClick={() => setPanel(null)}>
        Back
      </Button>
    </form>
  );
}
