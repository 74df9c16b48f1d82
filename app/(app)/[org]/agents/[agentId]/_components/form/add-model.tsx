'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import Link from 'next/link';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { useTRPC } from '@/lib/trpc/client';
import { nextModel } from './route-values';

/** Puts another model into the route; where there is none to put there, says where one comes from. */
export function AddModel({
  label,
  taken,
  isQuiet = false,
  className,
  onAdd,
}: {
  label: string;
  /** All of the route: no model is asked twice. */
  taken: string[];
  /** Somebody else beside it says already that there is none. */
  isQuiet?: boolean;
  className?: string;
  onAdd: (model: string) => void;
}) {
  const { slug, can } = useOrg();
  const { data } = useSuspenseQuery(useTRPC().models.list.queryOptions({ org: slug }));
  const next = nextModel(
    data.map(({ model }) => model),
    taken,
  );
  if (next !== undefined) {
    return (
      <Button variant="outline" size="sm" className={cn('justify-self-start', className)} onClick={() => onAdd(next)}>
        <Plus /> {label}
      </Button>
    );
  }
  if (isQuiet) return null;
  return (
    <p className={cn('text-muted-foreground text-xs', className)}>
      There is no other model to ask{' '}
      {can('credentials:write') ? (
        <>
          until you{' '}
          <Link href={`/${slug}/settings/providers`} className="text-link underline underline-offset-2">
            add a provider&apos;s key
          </Link>
        </>
      ) : (
        "until an admin adds a provider's key"
      )}
      .
    </p>
  );
}
