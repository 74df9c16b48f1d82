'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { ChevronsUpDown } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { useOrg } from '@/components/frame/org-context';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover';
import { Skeleton } from '@/components/ui/skeleton';
import { formatPrice } from '@/lib/format';
import { useTRPC } from '@/lib/trpc/client';
import { shortLabel } from './short-label';

const ModelMenu = dynamic(() => import('./model-menu'), { ssr: false, loading: () => <Skeleton className="h-72" /> });

export function ModelPicker({
  value,
  readonly,
  problem,
  onChange,
}: {
  value: string;
  readonly: boolean;
  problem: string | undefined;
  onChange: (model: string) => void;
}) {
  const { slug } = useOrg();
  const { data } = useSuspenseQuery(useTRPC().models.list.queryOptions({ org: slug }));
  const [open, setOpen] = useState(false);
  const chosen = data.find(({ model }) => model === value);
  return (
    <>
      <Popover open={open} onOpenChange={setOpen}>
        <PopoverTrigger asChild>
          <Button
            variant="outline"
            disabled={readonly}
            aria-invalid={problem ? true : undefined}
            className="h-auto w-full justify-start gap-2 px-3 py-1.5 text-left font-normal"
          >
            <span className="sr-only">Model</span>
            <span className="grid min-w-0 flex-1">
              <span className="flex items-center gap-2">
                <span className="truncate font-medium">{chosen ? shortLabel(chosen.label) : value}</span>
                {value.startsWith('sandbox/') && <Badge variant="accent">Sandbox</Badge>}
              </span>
              <span className="truncate text-muted-foreground text-xs tabular-nums">
                {chosen?.price
                  ? `${formatPrice(chosen.price.input)} in, ${formatPrice(chosen.price.output)} out per million tokens`
                  : chosen
                    ? 'Price unknown'
                    : 'Not among the models of your providers'}
              </span>
            </span>
            <ChevronsUpDown className="text-muted-foreground" />
          </Button>
        </PopoverTrigger>
        <PopoverContent aria-label="Models" className="w-(--radix-popover-trigger-width) min-w-72">
          <ModelMenu
            models={data}
            value={value}
            onPick={(model) => {
              onChange(model);
              setOpen(false);
            }}
          />
        </PopoverContent>
      </Popover>
      {problem && <p className="pt-1.5 text-destructive text-xs">{problem}</p>}
    </>
  );
}
