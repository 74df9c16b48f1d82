'use client';

import { Check } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';

import { useOrg } from '@/components/frame/org-context';
import { Badge } from '@/components/ui/badge';
import { Command, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList } from '@/components/ui/command';
import { type ModelChoice, PROVIDER_LABELS, type Provider } from '@/lib/contracts/models';
import { formatPrice } from '@/lib/format';
import { shortLabel } from './short-label';

/** Models that can be chosen now with what they cost, and any other by its name. */
export default function ModelMenu({
  models,
  value,
  onPick,
}: {
  models: ModelChoice[];
  value: string;
  onPick: (model: string) => void;
}) {
  const { slug, can } = useOrg();
  const [text, setText] = useState('');
  const providers = [...new Set(models.map(({ provider }) => provider))];
  const typed = text.trim();
  const isName = /^[a-z][a-z0-9-]*\/\S+$/.test(typed) && !models.some(({ model }) => model === typed);
  return (
    <Command loop defaultValue={value}>
      <CommandInput value={text} onValueChange={setText} placeholder="Find, or type provider/model" />
      <CommandList>
        <CommandEmpty>No such model. Type its whole name, as in openai-compatible/llama-4.</CommandEmpty>
        {isName && (
          <CommandGroup heading="By name" forceMount>
            <CommandItem forceMount value={typed} onSelect={() => onPick(typed)}>
              Use <span className="font-mono text-xs">{typed}</span>
            </CommandItem>
          </CommandGroup>
        )}
        {providers.map((provider: Provider) => (
          <CommandGroup key={provider} heading={PROVIDER_LABELS[provider]}>
            {models
              .filter((choice) => choice.provider === provider)
              .map((choice) => (
                <CommandItem
                  key={choice.model}
                  value={choice.model}
                  keywords={[choice.label]}
                  onSelect={() => onPick(choice.model)}
                >
                  <Check className={choice.model === value ? 'text-link' : 'invisible'} aria-hidden />
                  <span className="truncate">{shortLabel(choice.label)}</span>
                  {choice.sandbox && <Badge variant="accent">Sandbox</Badge>}
                  <span className="ml-auto shrink-0 text-muted-foreground text-xs tabular-nums">
                    {choice.price
                      ? `${formatPrice(choice.price.input)} / ${formatPrice(choice.price.output)}`
                      : 'price unknown'}
                  </span>
                </CommandItem>
              ))}
          </CommandGroup>
        ))}
      </CommandList>
      <p className="border-t px-3 py-2 text-muted-foreground text-xs">
        Dollars per million tokens, in / out.
        {can('credentials:write') && (
          <>
            {' '}
            <Link href={`/${slug}/settings/providers`} className="text-link underline underline-offset-2">
              Add a provider's key
            </Link>
          </>
        )}
      </p>
    </Command>
  );
}
