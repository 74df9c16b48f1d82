'use client';

import { useDeferredValue } from 'react';
import { useOrg } from '@/components/frame/org-context';
import { useUrlParams } from '@/components/frame/url-params';
import { useWorkspace } from '@/components/frame/workspace';
import { runFilter } from './run-filter';
import { parseRunQuery } from './run-query';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The list's input out of the address. An agent given by name still has to be looked up. */
export function useRunFilter() {
  const { slug } = useOrg();
  const { workspace } = useWorkspace();
  const [params] = useUrlParams();
  const line = useDeferredValue(params.get('q') ?? '');
  const query = parseRunQuery(line);
  const isId = query.agent !== null && ID.test(query.agent);
  return {
    agentName: isId ? null : query.agent,
    isFiltered: line !== '',
    input: {
      org: slug,
      ...runFilter(query),
      ...(isId && query.agent !== null && { agentId: query.agent }),
      ...(workspace && { workspaceId: workspace.id }),
    },
  };
}
