'use client';

import { ArrowRight } from 'lucide-react';
import { useCreateAgent } from '@/components/agents/use-create-agent';
import { useOpenPanel } from '@/components/frame/open-panel';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import { Kbd } from '@/components/ui/kbd';
import { AGENT_TEMPLATES, ASSISTANT } from '@/lib/agent-templates';

/** Three of the gallery, each of another kind. */
const OTHERS = AGENT_TEMPLATES.filter(({ id }) => ['refund-desk', 'invoice-reader', 'number-cruncher'].includes(id));

/** An organization in which nothing is yet: one action that leads to a working agent. */
export function FirstAgent() {
  const { can, user, organization } = useOrg();
  const { create, busy } = useCreateAgent();
  const show = useOpenPanel();
  return (
    <div className="mx-auto max-w-xl px-4 pt-[10vh] pb-10 sm:px-6">
      <p className="text-muted-foreground">{organization.name}</p>
      <h1 className="pt-1 font-semibold text-xl">
        {can('agents:write') ? 'Make your first agent' : 'Nothing here yet'}
      </h1>
      {can('agents:write') ? (
        <>
          <p className="pt-2 text-base text-muted-foreground">
            {user.name.split(/\s+/)[0]}, this makes an agent that calculates and knows the time, on a sandbox model: no
            key, no cost. You talk to it right away and change it while you do.
          </p>
          <div className="flex flex-wrap items-center gap-3 pt-5">
            <Button size="lg" disabled={busy} onClick={() => create(ASSISTANT)} autoFocus>
              {busy ? 'Making it…' : 'Make an assistant'} <ArrowRight />
            </Button>
            <Button variant="ghost" size="lg" onClick={() => show('new-agent')}>
              Begin with something else <Kbd>c</Kbd>
            </Button>
          </div>
          <ul className="mt-10 divide-y border-y">
            {OTHERS.map((starter) => (
              <li key={starter.id} className="flex items-center gap-4 py-2.5">
                <div className="min-w-0 flex-1">
                  <p className="font-medium">{starter.name}</p>
                  <p className="text-muted-foreground text-xs">{starter.description}</p>
                </div>
                <Button variant="outline" size="sm" disabled={busy} onClick={() => create(starter)}>
                  Make it
                </Button>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p className="pt-2 text-base text-muted-foreground">
          Your role reads agents and runs. As soon as somebody makes one, it is here.
        </p>
      )}
    </div>
  );
}
