'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { apiErrorOf } from '@/components/feedback/api-error';
import { FormDialog } from '@/components/feedback/form-dialog';
import { useOrg } from '@/components/frame/org-context';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import type { ModelTerms, Rates } from '@/lib/contracts/models';
import { useTRPC } from '@/lib/trpc/client';

const MICROS = 1_000_000;
const RATES: [name: keyof Rates, label: string][] = [
  ['input', 'Input'],
  ['cachedInput', 'Cached input'],
  ['output', 'Output'],
];

/** Sets what a model costs and how it ranks; empty fields go by the list. */
export function TermsDialog({ terms, onClose }: { terms: ModelTerms | null; onClose: () => void }) {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [model, setModel] = useState(terms?.model ?? '');
  const [quality, setQuality] = useState(terms?.ownQuality?.toString() ?? '');
  const [dollars, setDollars] = useState<Record<keyof Rates, string>>(() => ({
    input: dollarsOf(terms?.ownPrice?.input),
    cachedInput: dollarsOf(terms?.ownPrice?.cachedInput),
    output: dollarsOf(terms?.ownPrice?.output),
  }));
  const save = useMutation(
    trpc.models.setTerms.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.models.pathFilter());
        toast.success(`The terms of ${model.trim()} count from the next call on`);
        onClose();
      },
    }),
  );
  const error = save.isError ? apiErrorOf(save.error) : null;
  const price = priceOf(dollars);
  const submit = () => {
    if (price === 'incomplete') return;
    save.mutate({ org: slug, model: model.trim(), price, quality: quality === '' ? null : Number(quality) });
  };
  const list = terms?.listPrice;
  return (
    <FormDialog
      title={terms ? terms.model : 'Price a model'}
      description="Dollars per million tokens. Left empty, the price list counts. What was called before keeps its cost."
      action="Save"
      isReady={model.trim() !== '' && price !== 'incomplete'}
      isPending={save.isPending}
      error={save.error}
      onSubmit={submit}
      onClose={onClose}
    >
      {!terms && (
        <Field label="Model" help="As in together/meta-llama/Llama-4" error={error?.fields.model}>
          {(control) => (
            <Input
              {...control}
              value={model}
              autoFocus
              autoComplete="off"
              spellCheck={false}
              placeholder="provider/model"
              onChange={(event) => setModel(event.target.value)}
            />
          )}
        </Field>
      )}
      <div className="grid gap-3 sm:grid-cols-3">
        {RATES.map(([name, label]) => (
          <Field key={name} label={label} error={error?.fields[`price.${name}`]}>
            {(control) => (
              <Input
                {...control}
                type="number"
                inputMode="decimal"
                min={0}
                step="any"
                value={dollars[name]}
                placeholder={list ? dollarsOf(list[name]) : ''}
                onChange={(event) => setDollars({ ...dollars, [name]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </div>
      {price === 'incomplete' && (
        <p className="text-muted-foreground text-xs">Fill in all three prices, or none to go by the list.</p>
      )}
      <Field label="Quality" error={error?.fields.quality} help="0 to 100, for the policies best and balanced.">
        {(control) => (
          <Input
            {...control}
            type="number"
            inputMode="numeric"
            min={0}
            max={100}
            value={quality}
            placeholder={terms ? String(terms.listQuality) : '50'}
            onChange={(event) => setQuality(event.target.value)}
            className="w-28"
          />
        )}
      </Field>
    </FormDialog>
  );
}

const dollarsOf = (micros: number | undefined): string => (micros === undefined ? '' : String(micros / MICROS));

/** All three or none. */
function priceOf({ input, cachedInput, output }: Record<keyof Rates, string>): Rates | null | 'incomplete' {
  const given = [input, cachedInput, output];
  if (given.every((text) => text === '')) return null;
  if (given.some((text) => text === '' || !Number.isFinite(Number(text)))) return 'incomplete';
  const micros = (text: string) => Math.round(Number(text) * MICROS);
  return { input: micros(input), cachedInput: micros(cachedInput), output: micros(output) };
}
