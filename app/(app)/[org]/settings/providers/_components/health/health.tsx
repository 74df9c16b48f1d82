'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { RelativeTime } from '@/components/data/relative-time';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import type { ProviderHealth } from '@/lib/contracts/provider-health';
import { useTRPC } from '@/lib/trpc/client';
import { SettingsSection } from '../../../_components/settings-section';
import { Circuits } from './circuits';
import { Figures } from './figures';

/** How often it is looked at while somebody looks. */
const LOOK_MS = 10_000;

/** How the keys and the models fare. */
export function Health() {
  const { slug } = useOrg();
  const { data } = useSuspenseQuery(useTRPC().models.health.queryOptions({ org: slug }, { refetchInterval: LOOK_MS }));
  const [span, setSpan] = useState<'hour' | 'day'>('hour');
  return (
    <SettingsSection
      title="Health"
      help="Five failures in a row open a key's circuit: its models are passed over while an agent has another to ask. After half a minute one call sees whether it works again."
      action={
        <fieldset className="flex gap-1">
          <legend className="sr-only">Time</legend>
          {(['hour', 'day'] as const).map((one) => (
            <Button
              key={one}
              variant={span === one ? 'outline' : 'ghost'}
              size="sm"
              aria-pressed={span === one}
              onClick={() => setSpan(one)}
            >
              Last {one}
            </Button>
          ))}
        </fieldset>
      }
    >
      <div className="grid gap-4">
        <Circuits circuits={data.circuits} />
        <Figures models={data.models} span={span} />
        {data.errors.length > 0 && <Errors errors={data.errors} />}
      </div>
    </SettingsSection>
  );
}

function Errors({ errors }: { errors: ProviderHealth['errors'] }) {
  const { slug } = useOrg();
  return (
    <details>
      <summary className="focus-ring w-fit cursor-pointer rounded-sm font-medium">
        Last errors ({errors.length})
      </summary>
      <ul className="mt-2 divide-y rounded-md border">
        {errors.map(({ at, model, runId, message }) => (
          <li key={`${runId}/${at.getTime()}/${model}`} className="grid gap-0.5 px-4 py-2">
            <p className="flex flex-wrap gap-x-3 text-muted-foreground text-xs">
              <RelativeTime date={at} />
              <span className="font-mono">{model}</span>
              <Link
                href={`/${slug}/runs/${runId}`}
                className="focus-ring rounded-sm text-link underline underline-offset-2"
              >
                Run
              </Link>
            </p>
            <p className="break-words text-xs">{message}</p>
          </li>
        ))}
      </ul>
    </details>
  );
}
