'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from 'next/navigation';
import type { OrgView } from '@/lib/contracts/people';
import type { Permission } from '@/lib/permissions';
import { useTRPC } from '@/lib/trpc/client';

/** The organization of the address, and what the person looking may do in it. */
export function useOrg(): OrgView & { slug: string; can: (permission: Permission) => boolean } {
  const { org: slug } = useParams<{ org: string }>();
  const { data } = useSuspenseQuery(useTRPC().organizations.view.queryOptions({ org: slug }, { staleTime: 60_000 }));
  return { ...data, slug, can: (permission) => data.permissions.includes(permission) };
}
