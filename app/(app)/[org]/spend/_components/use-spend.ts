'use client';

import { useOrg } from '@/components/frame/org-context';
import { useUrlParams } from '@/components/frame/url-params';
import { useWorkspace } from '@/components/frame/workspace';
import { parseSpend } from './spend-range';

/** The input of everything on the page out of the address, and a way to change it. */
export function useSpend() {
  const { slug } = useOrg();
  const { workspace } = useWorkspace();
  const [params, set] = useUrlParams();
  const { range, input } = parseSpend(params, Date.now());
  return { range, set, input: { org: slug, ...input, ...(workspace && { workspaceId: workspace.id }) } };
}
