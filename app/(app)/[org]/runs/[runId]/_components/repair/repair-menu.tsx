'use client';

import { ChevronDown, GitCompare, RotateCw, Undo2 } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { toastError } from '@/components/feedback/toast-error';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import type { Run, RunSummary } from '@/lib/contracts/runs';
import { EditInputDialog } from './edit-input-dialog';
import { ForkDialog } from './fork-dialog';
import { useRepair } from './use-repair';

/** What can be made of a run: taken up again, run again, with something else, compared. */
export function RepairMenu({ run, status }: { run: Run; status: RunSummary['status'] }) {
  const { slug, can } = useOrg();
  const { org, retry, rerun } = useRepair({ onError: toastError });
  const [open, setOpen] = useState<'input' | 'fork' | null>(null);
  const isPending = retry.isPending || rerun.isPending;
  const target = { org, runId: run.id };
  const compare = `/${slug}/runs/compare?a=${run.rerunOf ?? run.id}${run.rerunOf ? `&b=${run.id}` : ''}`;
  return (
    <>
      <Button variant="outline" asChild>
        <Link href={compare}>
          <GitCompare /> Compare
        </Link>
      </Button>
      {can('runs:start') && (
        <>
          {(status === 'failed' || status === 'cancelled') && (
            <Button disabled={isPending} onClick={() => retry.mutate(target)}>
              <Undo2 /> Retry
            </Button>
          )}
          <div className="flex">
            <Button
              variant="outline"
              className="rounded-r-none"
              disabled={isPending}
              onClick={() => rerun.mutate(target)}
            >
              <RotateCw /> Re-run
            </Button>
            <DropdownMenu>
              <DropdownMenuTrigger asChild>
                <Button variant="outline" className="-ml-px rounded-l-none px-2" aria-label="More ways to run it again">
                  <ChevronDown />
                </Button>
              </DropdownMenuTrigger>
              <DropdownMenuContent align="end">
                <DropdownMenuItem onSelect={() => setOpen('input')}>With another input…</DropdownMenuItem>
                <DropdownMenuItem onSelect={() => setOpen('fork')}>With another version or model…</DropdownMenuItem>
              </DropdownMenuContent>
            </DropdownMenu>
          </div>
        </>
      )}
      {open === 'input' && <EditInputDialog run={run} onClose={() => setOpen(null)} />}
      {open === 'fork' && <ForkDialog run={run} onClose={() => setOpen(null)} />}
    </>
  );
}
