'use client';

import {
  Dialog,
  DialogBody,
  DialogContent,
  DialogDescription,
  DialogHeader,
  DialogTitle,
} from '@/components/ui/dialog';
import { Kbd } from '@/components/ui/kbd';

const KEYS: { title: string; keys: [string[], string][] }[] = [
  {
    title: 'Go',
    keys: [
      [['g', 'h'], 'Home'],
      [['g', 'a'], 'Agents'],
      [['g', 'r'], 'Runs'],
      [['g', 'n'], 'Connectors'],
      [['g', 'p'], 'Approvals'],
      [['g', 'm'], 'Spend'],
      [['g', 't'], 'Tools'],
      [['g', 's'], 'Settings'],
      [['⌘', 'K'], 'Search agents, runs, pages and commands'],
    ],
  },
  {
    title: 'Lists',
    keys: [
      [['j'], 'Next row'],
      [['k'], 'Previous row'],
      [['↵'], 'Open the row'],
      [['/'], 'Filter'],
      [['x'], 'Select the agent'],
      [['c'], 'New agent'],
    ],
  },
  {
    title: 'Approvals',
    keys: [
      [['a'], 'Approve, or answer'],
      [['e'], 'Edit the arguments'],
      [['d'], 'Deny'],
    ],
  },
  {
    title: 'Agent and run',
    keys: [
      [['⌘', '↵'], 'Send in the test conversation'],
      [['↑', '↓'], 'Walk the spans of a run'],
      [['Esc'], 'Close'],
      [['?'], 'These keys'],
    ],
  },
];

export function KeysDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent className="max-w-2xl">
        <DialogHeader>
          <DialogTitle>Keyboard</DialogTitle>
          <DialogDescription>On Windows and Linux, ⌘ is Ctrl.</DialogDescription>
        </DialogHeader>
        <DialogBody className="grid gap-6 sm:grid-cols-2">
          {KEYS.map(({ title, keys }) => (
            <section key={title}>
              <h3 className="pb-2 font-medium text-muted-foreground text-xs">{title}</h3>
              <dl className="grid gap-2">
                {keys.map(([combination, does]) => (
                  <div key={does} className="flex items-start gap-2">
                    <dt className="flex w-14 shrink-0 gap-1">
                      {combination.map((key) => (
                        <Kbd key={key}>{key}</Kbd>
                      ))}
                    </dt>
                    <dd>{does}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </DialogBody>
      </DialogContent>
    </Dialog>
  );
}
