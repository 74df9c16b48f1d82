'use client';

import { lazy, Suspense } from 'react';
import { type Comparable, compareSpecs, type FieldChange } from './spec-fields';

const LineDiff = lazy(() => import('./line-diff'));

/** Two specs field by field; only what differs. */
export function SpecDiff({ before, after }: { before: Comparable | null; after: Comparable }) {
  const changes = compareSpecs(before, after);
  if (changes.length === 0) return <p className="py-2 text-muted-foreground">No difference.</p>;
  return (
    <dl className="grid gap-3">
      {changes.map((change) => (
        <div key={change.label}>
          <dt className="pb-1 font-medium text-xs">{change.label}</dt>
          <dd>{change.long ? <Long change={change} /> : <Short change={change} />}</dd>
        </div>
      ))}
    </dl>
  );
}

function Short({ change: { before, after } }: { change: FieldChange }) {
  return (
    <p className="flex flex-wrap items-center gap-2 rounded-md border px-3 py-1.5 font-mono text-xs">
      {before && <del className="rounded-sm bg-failed-tint px-1 text-failed">{before}</del>}
      {before && after && <span aria-hidden>→</span>}
      {after && <ins className="rounded-sm bg-success/12 px-1 text-success no-underline">{after}</ins>}
    </p>
  );
}

function Long({ change: { before, after } }: { change: FieldChange }) {
  return (
    <Suspense fallback={<div className="h-16 rounded-md border" />}>
      <LineDiff before={before} after={after} />
    </Suspense>
  );
}
