'use client';

import { useQuery } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import {
  Dialog,
  DialogBody,
  DialogContent,
  DialogDescription,
  DialogHeader,
  DialogTitle,
} from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { type AgentSummary, AgentTag } from '@/lib/contracts/agents';
import { useTRPC } from '@/lib/trpc/client';
import { useBulk } from './use-bulk';

/** Puts a tag on the chosen agents, or takes one off. */
export function TagDialog({ agents, onClose }: { agents: readonly AgentSummary[]; onClose: () => void }) {
  const { slug } = useOrg();
  const known = useQuery(useTRPC().agents.tags.queryOptions({ org: slug }));
  const [text, setText] = useState('');
  const { change, busy } = useBulk();
  const ids = agents.map(({ id }) => id);
  const worn = [...new Set(agents.flatMap(({ tags }) => tags))].sort();
  const tag = AgentTag.safeParse(text.trim());
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Tags of {agents.length === 1 ? agents[0]?.name : `${agents.length} agents`}</DialogTitle>
          <DialogDescription>Each change can be undone from the message that follows it.</DialogDescription>
        </DialogHeader>
        <DialogBody className="grid gap-4">
          <form
            className="flex items-start gap-2"
            onSubmit={(event) => {
              event.preventDefault();
              if (!tag.success) return;
              change(ids, { type: 'tag', tag: tag.data });
              setText('');
            }}
          >
            <Field label="Add a tag" className="flex-1" error={text.trim() ? tag.error?.issues[0]?.message : undefined}>
              {(control) => (
                <Input
                  {...control}
                  autoFocus
                  autoComplete="off"
                  list="known-tags"
                  value={text}
                  onChange={(event) => setText(event.target.value)}
                />
              )}
            </Field>
            <datalist id="known-tags">
              {known.data?.map(({ tag: one }) => (
                <option key={one} value={one} />
              ))}
            </datalist>
            <Button type="submit" className="mt-6" disabled={!tag.success || busy}>
              <Plus /> Add
            </Button>
          </form>
          {worn.length > 0 && (
            <div>
              <h3 className="pb-1.5 font-medium text-sm">Take off</h3>
              <ul className="flex flex-wrap gap-1.5">
                {worn.map((one) => (
                  <li key={one}>
                    <Button
                      size="sm"
                      variant="outline"
                      disabled={busy}
                      onClick={() => change(ids, { type: 'untag', tag: one })}
                    >
                      <span className="sr-only">Take off </span>
                      {one}
                      <span className="text-muted-foreground tabular-nums">
                        {agents.filter(({ tags }) => tags.includes(one)).length}
                      </span>
                      <X />
                    </Button>
                  </li>
                ))}
              </ul>
            </div>
          )}
        </DialogBody>
      </DialogContent>
    </Dialog>
  );
}
