'use client';

import { createContext, useContext } from 'react';

/** What can be opened from everywhere: the palette, the keys, the dialog that makes an agent. */
export type Panel = 'palette' | 'keys' | 'new-agent';

export const OpenPanel = createContext<(panel: Panel) => void>(() => {});

export const useOpenPanel = (): ((panel: Panel) => void) => useContext(OpenPanel);
