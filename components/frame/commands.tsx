'use client';

import dynamic from 'next/dynamic';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { useShortcuts } from './use-shortcuts';

type Panel = 'palette' | 'keys' | 'new-agent';

const Palette = dynamic(() => import('./command-palette').then((file) => file.CommandPalette), { ssr: false });
const Keys = dynamic(() => import('./keys-dialog').then((file) => file.KeysDialog), { ssr: false });
const NewAgent = dynamic(() => import('../agents/new-agent-dialog').then((file) => file.NewAgentDialog), {
  ssr: false,
});

const Commands = createContext<(panel: Panel) => void>(() => {});

/** Opens what can be opened from everywhere: the palette, the keys, the dialog that makes an agent. */
export const useOpenPanel = (): ((panel: Panel) => void) => useContext(Commands);

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
    <Commands value={show}>
      {children}
      {open === 'palette' && <Palette {...bind('palette')} />}
      {open === 'keys' && <Keys {...bind('keys')} />}
      {open === 'new-agent' && <NewAgent {...bind('new-agent')} />}
    </Commands>
  );
}
