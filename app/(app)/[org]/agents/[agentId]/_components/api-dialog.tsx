'use client';

import Link from 'next/link';
import { CodeBlock } from '@/components/data/code-block';
import { useOrg } from '@/components/frame/org-context';
import {
  Dialog,
  DialogBody,
  DialogContent,
  DialogDescription,
  DialogHeader,
  DialogTitle,
} from '@/components/ui/dialog';
import type { Agent } from '@/lib/contracts/agents';

/** How a program gives this agent a task. */
export function ApiDialog({ agent, onClose }: { agent: Agent; onClose: () => void }) {
  const { slug, can } = useOrg();
  const origin = typeof window === 'undefined' ? '' : window.location.origin;
  const input = JSON.stringify({ input: agent.draft.starterPrompts[0] || 'Hello' }).replaceAll("'", "'\\''");
  const command = `curl ${origin}/api/v1/agents/${agent.id}/runs \\
  -H "Authorization: Bearer $MUSTER_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '${input}'`;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent className="max-w-2xl">
        <DialogHeader>
          <DialogTitle>Call it over HTTP</DialogTitle>
          <DialogDescription>
            Runs the published version and answers when it is done. Add <code>"stream": true</code> for server-sent
            events or <code>"async": true</code> to come back later.
          </DialogDescription>
        </DialogHeader>
        <DialogBody className="grid gap-3">
          <CodeBlock text={command} label="Copy command" />
          {agent.publishedVersion === null && <p className="text-waiting">Publish it first: programs run versions.</p>}
          {can('api-keys:write') && (
            <p className="text-muted-foreground">
              Needs a key that may start runs:{' '}
              <Link href={`/${slug}/settings/api-keys`} className="text-link underline underline-offset-2">
                API keys
              </Link>
            </p>
          )}
        </DialogBody>
      </DialogContent>
    </Dialog>
  );
}
