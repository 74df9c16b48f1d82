'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import type { Panel } from './open-panel';
import { useOrg } from './org-context';
import { useWorkspace } from './workspace';

const SEQUENCE_MS = 1_200;

const PLACES: Record<string, string> = {
  h: '',
  a: '/agents',
  r: '/runs',
  n: '/connectors',
  p: '/approvals',
  m: '/spend',
  t: '/tools',
  s: '/settings',
};

const TAKERS = ['dialog', 'alertdialog', 'menu', 'listbox', 'combobox'].map((role) => `[role="${role}"]`);
const TAKEN = ['input', 'textarea', 'select', ...TAKERS].join(', ');

/** True when keys belong to what has the focus: a field, an editor, an open dialog, menu or list. */
const isTaken = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.closest(TAKEN) !== null);

/** Moves the focus among the row links of the list on the page. */
function moveInList(step: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row-link]')];
  if (rows.length === 0) return false;
  const at = document.activeElement instanceof HTMLElement ? rows.indexOf(document.activeElement) : -1;
  const next = rows[at === -1 ? (step === 1 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step))];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
  return true;
}

/** `g h`, `g a`, `g r`, `g n`, `g t`, `g p`, `g m`, `g s` go; `c` creates; `/` filters; `j k` move in a list; `?` shows the keys; ⌘K searches. */
export function useShortcuts(open: (panel: Panel) => void): void {
  const router = useRouter();
  const { slug, can } = useOrg();
  const { search } = useWorkspace();
  const mayCreate = can('agents:write');
  const going = useRef(0);

  useEffect(() => {
    const act = (key: string): boolean => {
      const place = PLACES[key];
      if (Date.now() < going.current && place !== undefined) {
        going.current = 0;
        router.push(`/${slug}${place}${place === PLACES.s ? '' : search}`);
        return true;
      }
      going.current = 0;
      switch (key) {
        case 'g':
          going.current = Date.now() + SEQUENCE_MS;
          return true;
        case 'c':
          if (mayCreate) open('new-agent');
          return mayCreate;
        case '?':
          open('keys');
          return true;
        case '/': {
          const filter = document.querySelector<HTMLInputElement>('main [data-filter]');
          filter?.focus();
          filter?.select();
          return filter !== null;
        }
        case 'j':
          return moveInList(1);
        case 'k':
          return moveInList(-1);
        default:
          return false;
      }
    };
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === 'k' && (event.metaKey || event.ctrlKey) && !event.shiftKey) {
        event.preventDefault();
        open('palette');
        return;
      }
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isTaken(event.target)) return;
      if (act(event.key)) event.preventDefault();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [router, slug, search, mayCreate, open]);
}
