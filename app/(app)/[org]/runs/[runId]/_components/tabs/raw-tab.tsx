'use client';

import { JsonView } from '@/components/data/json-view';
import { Json } from '@/lib/contracts/json';
import type { Run } from '@/lib/contracts/runs';

/** The run's record as it is; payloads of spans stand in the timeline. */
export function Raw({ run }: { run: Run }) {
  return (
    <div className="mx-auto max-w-4xl px-4 py-4 sm:px-6">
      <JsonView value={Json.parse(JSON.parse(JSON.stringify(run)))} label="Copy the run" />
    </div>
  );
}
