'use client';

import { useSearchParams } from 'next/navigation';
import type { Workspace } from '@/lib/contracts/people';
import { useOrg } from './org-context';

/** The workspace that lists are narrowed to, named in the address; all of them when it names none. */
export function useWorkspace(): { workspace: Workspace | undefined; search: string } {
  const slug = useSearchParams().get('workspace');
  const workspace = useOrg().workspaces.find((one) => one.slug === slug);
  return { workspace, search: workspace ? `?workspace=${workspace.slug}` : '' };
}
