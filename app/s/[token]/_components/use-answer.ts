'use client';

import { useEffect, useState } from 'react';
import type { VisitorEvent, VisitorTurn } from '@/lib/contracts/public-links';
import { type Answer, eventsAddress, isOver } from './visit-api';

/** An answer as it grows. The browser takes a broken line up again by itself, where it broke off. */
export function useAnswer(token: string, turn: VisitorTurn) {
  const { runId } = turn;
  const [state, setState] = useState<Answer>(turn);
  const [text, setText] = useState('');
  const [line, setLine] = useState<'good' | 'down' | 'closed'>('good');
  const isFollowed = !isOver(turn.status);
  useEffect(() => {
    if (!isFollowed) return;
    const source = new EventSource(eventsAddress(token, runId));
    let said = { seq: -1, value: '' };
    const on = (type: VisitorEvent['type'], tell: (event: VisitorEvent) => void) =>
      source.addEventListener(type, ({ data }: MessageEvent<string>) => {
        setLine('good');
        tell({ type, ...JSON.parse(data) });
      });
    on('state', (event) => event.type === 'state' && setState(event));
    on('text', (event) => {
      if (event.type !== 'text') return;
      const { seq, offset, delta } = event;
      said = { seq, value: (seq === said.seq ? said.value.slice(0, offset) : '') + delta };
      setText(said.value);
    });
    on('end', () => source.close());
    source.onerror = () => setLine(source.readyState === EventSource.CLOSED ? 'closed' : 'down');
    return () => source.close();
  }, [token, runId, isFollowed]);
  return { ...state, text: state.answer ?? text, line };
}
