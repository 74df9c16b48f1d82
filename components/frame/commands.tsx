'use client';

import dynamic from 'next/dynamic';
import { type ReactNode, useMemo, useState } from 'react';
import { OpenPanel, type Panel } from './open-panel';
import { useShortcuts } from './use-shortcuts';

const Palette = dynamic(() => import('./command-palette').then((file) => file.CommandPalette), { ssr: false });
const Keys = dynamic(() => import('./keys-dialog').then((file) => file.KeysDialog), { ssr: false });
const NewAgent = dynamic(() => import('../agents/new-agent-dialog').then((file) => file.NewAgentDialog), {
  ssr: false,
});

/** Holds the panels of the frame and listens to the keyboard. Each is loaded when first opened. */
export function CommandsProvider({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState<Panel | null>(null);
  const show = useMemo(() => (panel: Panel) => setOpen(panel), []);
  useShortcuts(show);
  const bind = (panel: Panel) => ({
    open: open === panel,
    onOpenChange: (now: boolean) => setOpen(now ? panel : null),
  });
  return (
    <OpenPanel value={show}>
      {children}
      {open === 'palette' && <Palette {...bind('palette')} />}
      {open === 'keys' && <Keys {...bind('keys')} />}
      {open === 'new-agent' && <NewAgent {...bind('new-agent')} />}
    </OpenPanel>
  );
}
