'use client';

import { ShieldX } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { useOrg } from '@/components/frame/org-context';

/** A titled part of what is chosen. */
export function Block({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className="pb-5">
      <div className="flex items-center justify-between gap-3 pb-1.5">
        <h3 className="font-medium">{title}</h3>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** Numbers about a span, under each other. */
export function Facts({ facts }: { facts: [label: string, value: ReactNode][] }) {
  return (
    <dl className="mb-5 grid grid-cols-2 gap-x-6 gap-y-1 rounded-md border px-3 py-2 sm:grid-cols-3">
      {facts.map(([label, value]) => (
        <div key={label} className="flex justify-between gap-3">
          <dt className="text-muted-foreground">{label}</dt>
          <dd className="text-right tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const OF_PROVIDERS = ['credential_missing', 'provider_refused'];

/** What went wrong, and the way to where it can be put right. */
export function Failure({ code, message }: { code: string | null; message: string | null }) {
  const { slug, can } = useOrg();
  if (!message) return null;
  return (
    <div role="note" className="mb-5 rounded-md bg-failed-tint px-3 py-2 text-failed">
      {code === 'guardrail_blocked' && (
        <p className="flex items-center gap-1.5 font-medium">
          <ShieldX className="size-4 shrink-0" aria-hidden /> Blocked by a guardrail
        </p>
      )}
      <p>{message}</p>
      {code && <p className="pt-0.5 font-mono text-xs">{code}</p>}
      {code && OF_PROVIDERS.includes(code) && can('credentials:write') && (
        <Link
          href={`/${slug}/settings/providers`}
          className="focus-ring mt-1 inline-block rounded-sm underline underline-offset-2"
        >
          Keys of providers
        </Link>
      )}
      {code === 'budget_exceeded' && can('budgets:read') && (
        <Link
          href={`/${slug}/settings/budgets`}
          className="focus-ring mt-1 inline-block rounded-sm underline underline-offset-2"
        >
          Budgets
        </Link>
      )}
    </div>
  );
}
