'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { toast } from 'sonner';
import { CopyButton } from '@/components/data/copy-button';
import { RelativeTime } from '@/components/data/relative-time';
import { apiErrorOf } from '@/components/feedback/api-error';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { Skeleton } from '@/components/ui/skeleton';
import { Switch } from '@/components/ui/switch';
import type { Agent, AgentVisibility } from '@/lib/contracts/agents';
import type { PublicLink } from '@/lib/contracts/public-links';
import { useTRPC } from '@/lib/trpc/client';
import { LimitFields } from './limit-fields';
import { FIRST_LIMITS, limitsOf, problemsOf, textsOf } from './link-limits';

/** The address at which anybody talks to the agent. */
export function PublicLinkSection({ agent, visibility }: { agent: Agent; visibility: AgentVisibility }) {
  const { slug, can } = useOrg();
  const trpc = useTRPC();
  const { data: link, isPending } = useQuery(trpc.publicLinks.find.queryOptions({ org: slug, agentId: agent.id }));
  const hindrance =
    agent.status === 'archived'
      ? 'This agent is archived. Restore it first.'
      : agent.publishedVersion === null
        ? 'Publish the agent first: visitors run what is published.'
        : visibility === 'private'
          ? 'The agent is private. Let its workspace or the organization see it first.'
          : undefined;
  return (
    <section aria-labelledby="public-link" className="grid gap-2 border-t pt-4">
      <h3 id="public-link" className="font-medium">
        Public link
      </h3>
      <p className="text-muted-foreground text-xs">
        Anybody with the address talks to the published version, without an account. They see their own conversations
        and nothing else; you find all of them under Runs.
      </p>
      {hindrance && <p className="text-waiting text-xs">{hindrance}</p>}
      {isPending ? (
        <Skeleton className="h-16" />
      ) : can('agents:publish') ? (
        (link || !hindrance) && <Manage agentId={agent.id} link={link ?? null} closed={hindrance !== undefined} />
      ) : (
        <Facts>{link ? <Use link={link} /> : 'There is none. Who may publish the agent makes one.'}</Facts>
      )}
    </section>
  );
}

function Manage({ agentId, link, closed }: { agentId: string; link: PublicLink | null; closed: boolean }) {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const before = link ? textsOf(link) : FIRST_LIMITS;
  const [texts, setTexts] = useState(before);
  const [url, setUrl] = useState<string>();
  const done = () =>
    Promise.all([
      queryClient.invalidateQueries(trpc.publicLinks.pathFilter()),
      queryClient.invalidateQueries(trpc.agents.pathFilter()),
    ]);
  const make = useMutation(
    trpc.publicLinks.make.mutationOptions({
      onSuccess: (made) => {
        setUrl(made.url);
        return done();
      },
    }),
  );
  const change = useMutation(trpc.publicLinks.change.mutationOptions({ onSuccess: done }));
  const isWrong = Object.keys(problemsOf(texts)).length > 0;
  const isChanged = JSON.stringify(texts) !== JSON.stringify(before);
  const failure = make.error ?? change.error;
  const ref = { org: slug, agentId };
  return (
    <div className="grid gap-3">
      {link && (
        <div className="flex items-start justify-between gap-3">
          <Facts>
            <Use link={link} />
          </Facts>
          <div className="flex shrink-0 items-center gap-2 text-xs">
            {link.enabled ? 'On' : 'Off'}
            <Switch
              aria-label="Public link"
              checked={link.enabled}
              disabled={change.isPending || (closed && !link.enabled)}
              onCheckedChange={(enabled) => {
                setUrl(undefined);
                change.mutate({ ...ref, enabled });
              }}
            />
          </div>
        </div>
      )}
      {url && (
        <div className="grid gap-1.5 rounded-md bg-tint p-2.5">
          <div className="flex items-center gap-1">
            <Input
              readOnly
              aria-label="Address"
              value={url}
              className="font-mono text-xs"
              onFocus={(e) => e.target.select()}
            />
            <CopyButton text={url} label="Copy the address" />
          </div>
          <p className="text-xs">Copy it now: it is not shown again. A new one can be made at any time.</p>
        </div>
      )}
      <form
        className="grid gap-3"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (link) change.mutate({ ...ref, ...limitsOf(texts) }, { onSuccess: () => toast.success('Limits saved') });
          else make.mutate({ ...ref, ...limitsOf(texts) });
        }}
      >
        <LimitFields texts={texts} onTexts={setTexts} />
        <div role="alert" className="text-destructive empty:hidden">
          {failure && apiErrorOf(failure).message}
        </div>
        <div className="flex flex-wrap justify-end gap-2">
          {link && !closed && <Replace isPending={make.isPending} onReplace={() => make.mutate(ref)} />}
          {link ? (
            <Button type="submit" size="sm" disabled={isWrong || !isChanged || change.isPending}>
              Save limits
            </Button>
          ) : (
            <Button type="submit" size="sm" disabled={isWrong || make.isPending}>
              Make a link
            </Button>
          )}
        </div>
      </form>
    </div>
  );
}

/** Asks once more: whoever has the address before is shut out. */
function Replace({ isPending, onReplace }: { isPending: boolean; onReplace: () => void }) {
  const [asked, setAsked] = useState(false);
  if (!asked) {
    return (
      <Button variant="outline" size="sm" onClick={() => setAsked(true)}>
        New address
      </Button>
    );
  }
  return (
    <Button
      variant="destructive"
      size="sm"
      autoFocus
      disabled={isPending}
      onClick={() => {
        setAsked(false);
        onReplace();
      }}
    >
      Replace it: the one before opens nothing
    </Button>
  );
}

const Facts = ({ children }: { children: ReactNode }) => <p className="text-muted-foreground text-xs">{children}</p>;

const several = (count: number, one: string): string => `${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`;

function Use({ link }: { link: PublicLink }) {
  const { hint, createdAt, createdByName, conversations, messages, lastUsedAt, isOpen, enabled, expiresAt } = link;
  const isOver = expiresAt !== null && expiresAt <= new Date();
  return (
    <>
      {enabled && !isOpen && <span className="text-waiting">{isOver ? 'Its time is over. ' : 'Closed for now. '}</span>}
      Ends with <span className="font-mono">{hint}</span>, made <RelativeTime date={createdAt} />
      {createdByName && ` by ${createdByName}`}. {several(conversations, 'conversation')},{' '}
      {several(messages, 'message')}
      {lastUsedAt && (
        <>
          , last <RelativeTime date={lastUsedAt} />
        </>
      )}
      .
    </>
  );
}
