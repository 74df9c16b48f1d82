'use client';

import { useState } from 'react';
import { JsonView } from '@/components/data/json-view';
import { Button } from '@/components/ui/button';
import { Textarea } from '@/components/ui/textarea';
import type { JsonValue } from '@/lib/contracts/json';
import type { DecideProps } from './decide-props';
import { DenyPanel } from './deny-panel';
import { Key } from './key';

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

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
