'use client';

import { useState } from 'react';
import { TooLong } from '@/components/feedback/too-long';
import { Button } from '@/components/ui/button';
import { Textarea } from '@/components/ui/textarea';
import { MAX_ANSWER } from '@/lib/contracts/approvals';
import type { DecideProps } from './decide-props';
import { DenyPanel } from './deny-panel';
import { Key } from './key';

/** The box for the answer, or that there will be none. */
export function DecideQuestion({ approval, panel, setPanel, onDecide }: DecideProps) {
  const [text, setText] = useState('');
  const isTooLong = text.length > MAX_ANSWER;
  const send = () => text.trim() && !isTooLong && onDecide({ type: 'answer', answer: text });
  if (!approval.mayDecide) return null;
  if (panel === 'deny') return <DenyPanel label="Decline" setPanel={setPanel} onDecide={onDecide} />;
  return (
    <form
      className="grid gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Textarea
        aria-label="Answer"
        placeholder="Your answer"
        value={text}
        aria-invalid={isTooLong || undefined}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return;
          event.preventDefault();
          event.stopPropagation();
          send();
        }}
        className="min-h-9"
      />
      <TooLong length={text.length} most={MAX_ANSWER} />
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" size="sm" disabled={!text.trim() || isTooLong}>
          Answer <Key>⌘↵</Key>
        </Button>
        <Button type="button" size="sm" variant="outline" onClick={() => setPanel('deny')}>
          Decline… <Key>d</Key>
        </Button>
      </div>
    </form>
  );
}
