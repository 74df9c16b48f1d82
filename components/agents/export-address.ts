/** Where the file of some agents is: their drafts, or a version. */
export const exportAddress = (org: string, agentIds: readonly string[], version: number | 'draft' = 'draft'): string =>
  `/api/export/agents?${new URLSearchParams({ org, agentId: agentIds.join(','), version: String(version) })}`;
