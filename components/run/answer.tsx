'use client';

import { JsonView } from '@/components/data/json-view';
import { Markdown } from '@/components/data/markdown';
import { jsonObjectOf } from '@/lib/structured-output';
import { JsonTree } from './json-tree';

/** What an agent answered: prose, or an object that can be unfolded. */
export function Answer({ text }: { text: string }) {
  const value = jsonObjectOf(text);
  if (!value) return <Markdown text={text} />;
  return (
    <div className="grid gap-2">
      <JsonTree value={value} />
      <details>
        <summary className="focus-ring cursor-pointer rounded-sm text-muted-foreground text-xs">As JSON</summary>
        <div className="pt-1">
          <JsonView value={value} />
        </div>
      </details>
    </div>
  );
}
