'use client';

import { useQuery } from '@tanstack/react-query';
import { FileText } from 'lucide-react';
import { useEffect } from 'react';
import { useOrg } from '@/components/frame/org-context';
import type { RunView } from '@/lib/run-state';
import { useTRPC } from '@/lib/trpc/client';

const isPicture = (type: string) => /^image\/(png|jpeg|gif|webp)$/.test(type);

const sizeOf = (bytes: number): string =>
  bytes < 1_000 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** What the run has written, to be opened or saved; asks for nothing in a run that has written nothing. */
export function RunFiles({ runId, view }: { runId: string; view: RunView }) {
  const { slug } = useOrg();
  const written = view.spans.filter(({ name, status }) => name === 'write_file' && status === 'completed').length;
  const { data: files = [], refetch } = useQuery(
    useTRPC().artifacts.list.queryOptions({ org: slug, runId }, { enabled: written > 0 }),
  );
  useEffect(() => {
    if (written > 0) refetch();
  }, [written, refetch]);
  if (files.length === 0) return null;
  return (
    <ul aria-label="Files" className="flex flex-wrap gap-2 px-4 pb-3 sm:px-6">
      {files.map(({ id, name, contentType, bytes }) => {
        const address = `/api/files/${id}?org=${slug}`;
        return (
          <li key={id}>
            <a
              href={address}
              download={isPicture(contentType) ? undefined : name}
              className="focus-ring flex items-center gap-2 rounded-md border px-2.5 py-1.5 hover:bg-accent"
            >
              {isPicture(contentType) ? (
                // biome-ignore lint/performance/noImgElement: of unknown size, from a route that asks who looks
                <img src={address} alt="" className="size-8 rounded object-cover" />
              ) : (
                <FileText className="size-4 shrink-0 text-muted-foreground" aria-hidden />
              )}
              <span className="font-medium">{name}</span>
              <span className="text-muted-foreground text-xs tabular-nums">{sizeOf(bytes)}</span>
            </a>
          </li>
        );
      })}
    </ul>
  );
}
