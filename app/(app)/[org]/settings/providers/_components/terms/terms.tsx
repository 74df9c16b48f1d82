'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useOrg } from '@/components/frame/org-context';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import type { ModelTerms } from '@/lib/contracts/models';
import { formatPrice } from '@/lib/format';
import { useTRPC } from '@/lib/trpc/client';
import { SettingsSection } from '../../../_components/settings-section';
import { TermsDialog } from './terms-dialog';

/** What every model costs and how it ranks; both can be set, also for a model no list knows. */
export function Terms() {
  const { slug, can } = useOrg();
  const { data } = useSuspenseQuery(useTRPC().models.terms.queryOptions({ org: slug }));
  const [find, setFind] = useState('');
  const [editing, setEditing] = useState<ModelTerms | 'new' | null>(null);
  const text = find.trim().toLowerCase();
  const rows = data.filter(({ model }) => model.toLowerCase().includes(text));
  return (
    <SettingsSection
      title="Models and prices"
      help="Dollars per million tokens. A price or rank of your own counts from the next call on. A model without a price costs nothing as far as budgets know."
      action={
        can('credentials:write') && (
          <Button variant="outline" size="sm" onClick={() => setEditing('new')}>
            Price a model
          </Button>
        )
      }
    >
      <Input
        type="search"
        aria-label="Find a model"
        placeholder="Find a model"
        value={find}
        onChange={(event) => setFind(event.target.value)}
        className="mb-3 max-w-xs"
      />
      {rows.length === 0 ? (
        <p className="text-muted-foreground">No model is called that.</p>
      ) : (
        <div className="scroll-thin max-h-96 overflow-y-auto">
          <Table>
            <caption className="sr-only">Prices and ranks of models</caption>
            <TableHeader>
              <tr>
                <TableHead>Model</TableHead>
                <TableHead className="text-right">In</TableHead>
                <TableHead className="text-right max-sm:hidden">Cached</TableHead>
                <TableHead className="text-right">Out</TableHead>
                <TableHead className="text-right max-sm:hidden">Quality</TableHead>
                <TableHead className="max-sm:hidden">Price of</TableHead>
                <TableHead>
                  <span className="sr-only">Change</span>
                </TableHead>
              </tr>
            </TableHeader>
            <TableBody>
              {rows.map((terms) => (
                <TermsRow key={terms.model} terms={terms} onEdit={() => setEditing(terms)} />
              ))}
            </TableBody>
          </Table>
        </div>
      )}
      {editing && <TermsDialog terms={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </SettingsSection>
  );
}

function TermsRow({ terms, onEdit }: { terms: ModelTerms; onEdit: () => void }) {
  const { can } = useOrg();
  const { model, price, ownPrice, quality, ownQuality, sandbox } = terms;
  const cell = (micros: number | undefined) => (micros === undefined ? '–' : formatPrice(micros));
  return (
    <TableRow>
      <TableCell className="max-w-72 truncate font-mono text-xs max-sm:max-w-36" title={model}>
        {model}
      </TableCell>
      <TableCell className="text-right tabular-nums">{cell(price?.input)}</TableCell>
      <TableCell className="text-right tabular-nums max-sm:hidden">{cell(price?.cachedInput)}</TableCell>
      <TableCell className="text-right tabular-nums">{cell(price?.output)}</TableCell>
      <TableCell className="text-right tabular-nums max-sm:hidden">
        {quality}
        {ownQuality !== null && <span className="text-muted-foreground"> (own)</span>}
      </TableCell>
      <TableCell className="whitespace-nowrap text-muted-foreground text-xs max-sm:hidden">
        {ownPrice ? <Badge variant="accent">Own</Badge> : price ? price.readOn : 'unknown'}
      </TableCell>
      <TableCell className="text-right">
        {can('credentials:write') && !sandbox && (
          <Button variant="ghost" size="sm" aria-label={`Change the terms of ${model}`} onClick={onEdit}>
            Change
          </Button>
        )}
      </TableCell>
    </TableRow>
  );
}
