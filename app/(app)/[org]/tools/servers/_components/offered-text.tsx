'use client';

import dynamic from 'next/dynamic';
import type { McpTool, RemoteTool } from '@/lib/contracts/mcp';

const LineDiff = dynamic(() => import('@/components/agents/line-diff'), {
  loading: () => <div className="h-24 rounded-md border" />,
});

/** What models would be told of a tool: all of it when it is new, else line by line against what they are told. */
export function OfferedText({ tool }: { tool: McpTool }) {
  const before = tool.state === 'changed' ? textOf(tool) : '';
  return <LineDiff before={before} after={textOf(tool.offered ?? tool)} />;
}

const textOf = ({ label, description, readOnly, inputSchema }: RemoteTool): string =>
  [
    label,
    description,
    readOnly ? 'Changes nothing, it says.' : 'May change things.',
    JSON.stringify(inputSchema, null, 2),
  ].join('\n');
