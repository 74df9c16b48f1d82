'use client';

import { useState } from 'react';
import { JsonView } from '@/components/data/json-view';
import { Button } from '@/components/ui/button';
import { Kbd } from '@/components/ui/kbd';
import { Textarea } from '@/components/ui/textarea';
import type { Approval, Decision } from '@/lib/contracts/approvals';
import type { JsonValue } from '@/lib/contracts/json';
import { DenyPanel } from './deny-panel';

/** Which way of deciding is open. */
export type Panel = 'edit' | 'deny' | null;

export interface DecideProps {
  approval: Approval;
  panel: Panel;
  setPanel: (panel: Panel) => void;
  onDecide: (decision: Decision) => void;
}

/** The proposed arguments: approved as they are, changed, or denied. */
export function DecideTool({ approval, panel, setPanel, onDecide }: DecideProps) {
  const { proposed, mayDecide } = approval;
  const [text, setText] = useState(() => JSON.stringify(proposed, null, 2));
  const edited = panel === 'edit' ? parse(text) : undefined;
  const isBroken = panel === 'edit' && edited === undefined;
  const approve = () => !isBroken && onDecide({ type: 'approve', arguments: edited });

  if (!mayDecide) return <JsonView value={proposed} label="Copy arguments" />;
  return (
    <>
      {panel === 'edit' ? (
        <Textarea
          autoFocus
          aria-label="Arguments"
          aria-invalid={isBroken}
          spellCheck={false}
          value={text}
          rows={Math.min(14, text.split('\n').length + 1)}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return;
            event.preventDefault();
            event.stopPropagation();
            approve();
          }}
          className="font-mono text-xs"
        />
      ) : (
        <JsonView value={proposed} label="Copy arguments" />
      )}
      {isBroken && <p className="text-failed text-xs">This is no JSON yet.</p>}
      {panel === 'deny' ? (
        <DenyPanel label="Deny" setPanel={setPanel} onDecide={onDecide} />
      ) : (
        <div className="flex flex-wrap items-center gap-2">
          <Button size="sm" disabled={isBroken} onClick={approve}>
            {panel === 'edit' ? 'Approve these' : 'Approve'} <Key>{panel === 'edit' ? '⌘↵' : 'a'}</Key>
          </Button>
          {panel === 'edit' ? (
            <Button size="sm" variant="outline" onClick={() => setPanel(null)}>
              Keep the proposal <Key>Esc</Key>
            </Button>
          ) : (
            <Button size="sm" variant="outline" onClick={() => setPanel('edit')}>
              Edit <Key>e</Key>
            </Button>
          )}
          <Button size="sm" variant="outline" onClick={() => setPanel('deny')}>
            Deny… <Key>d</Key>
          </Button>
        </div>
      )}
    </>
  );
}

/** The key for it, where there is a keyboard. */
export const Key = ({ children }: { children: string }) => (
  <Kbd aria-hidden className="border-current/30 bg-transparent text-current pointer-coarse:hidden">
    {children}
  </Kbd>
);

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
