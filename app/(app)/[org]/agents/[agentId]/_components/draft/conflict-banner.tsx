'use client';

import { useState } from 'react';
import { SpecDiff } from '@/components/agents/spec-diff';
import { useCopy } from '@/components/data/copy-button';
import { RelativeTime } from '@/components/data/relative-time';
import { Button } from '@/components/ui/button';
import {
  Dialog,
  DialogBody,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '@/components/ui/dialog';
import { valuesOf } from './draft-values';
import type { Draft } from './use-draft';

/** Two people edited the same draft: both are shown, and neither is lost before somebody chose. */
export function ConflictBanner({ draft }: { draft: Draft }) {
  const [open, setOpen] = useState(false);
  const [copied, copy] = useCopy();
  if (!draft.theirs) return null;
  const choose = (choice: () => void) => () => {
    choice();
    setOpen(false);
  };
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b bg-waiting-tint px-4 py-2 text-waiting sm:px-6"
    >
      <p className="min-w-60 flex-1">
        This draft was saved elsewhere <RelativeTime date={draft.theirs.updatedAt} />. Yours is kept here and not
        written.
      </p>
      <Button size="sm" variant="outline" className="text-foreground" onClick={() => setOpen(true)}>
        Compare and choose
      </Button>
      <Dialog open={open} onOpenChange={setOpen}>
        <DialogContent className="max-w-3xl">
          <DialogHeader>
            <DialogTitle>Two drafts</DialogTitle>
            <DialogDescription>
              Red is what was saved elsewhere, green is yours. What you do not choose is gone, so copy it first if in
              doubt.
            </DialogDescription>
          </DialogHeader>
          <DialogBody>
            <SpecDiff before={valuesOf(draft.theirs)} after={draft.values} />
          </DialogBody>
          <DialogFooter className="flex-wrap">
            <Button
              variant="ghost"
              className="mr-auto"
              onClick={() => copy(JSON.stringify(draft.values, null, 2))}
              aria-live="polite"
            >
              {copied ? 'Copied' : 'Copy mine'}
            </Button>
            <Button variant="outline" onClick={choose(draft.takeTheirs)}>
              Take theirs
            </Button>
            <Button onClick={choose(draft.keepMine)}>Keep mine</Button>
          </DialogFooter>
        </DialogContent>
      </Dialog>
    </div>
  );
}
