import type { LedgerEntry } from '@/lib/contracts/ledger';
import type { PageOf } from '@/lib/contracts/paging';

const COLUMNS: [header: string, value: (entry: LedgerEntry) => string | number | boolean | null][] = [
  ['time', (entry) => entry.createdAt.toISOString()],
  ['kind', (entry) => entry.kind],
  ['model', (entry) => entry.item],
  ['cost_micros', (entry) => entry.costMicros],
  ['reserved_micros', (entry) => entry.reservedMicros],
  ['estimated', (entry) => entry.estimated],
  ['input_tokens', (entry) => entry.inputTokens],
  ['cached_tokens', (entry) => entry.cachedTokens],
  ['output_tokens', (entry) => entry.outputTokens],
  ['agent', (entry) => entry.agentName],
  ['agent_id', (entry) => entry.agentId],
  ['workspace', (entry) => entry.workspaceName],
  ['workspace_id', (entry) => entry.workspaceId],
  ['actor_type', (entry) => entry.actorType],
  ['actor', (entry) => entry.actorName],
  ['actor_id', (entry) => entry.actorId],
  ['run_id', (entry) => entry.runId],
  ['span', (entry) => entry.seq],
];

/** RFC 4180. A name that a spreadsheet would take for a formula gets an apostrophe before it. */
function cell(value: string | number | boolean | null): string {
  const text = typeof value === 'string' ? value.replace(/^(?=[=+\-@\t\r])/, "'") : String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const line = (cells: string[]): string => `${cells.join(',')}\r\n`;

/** Pages as one stream of CSV; the next page is asked for when somebody reads on. */
export function csvOf(page: (cursor: string | undefined) => Promise<PageOf<LedgerEntry>>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let cursor: string | null | undefined;
  return new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(line(COLUMNS.map(([header]) => header)))),
    async pull(controller) {
      const { items, nextCursor } = await page(cursor ?? undefined);
      cursor = nextCursor;
      const text = items.map((entry) => line(COLUMNS.map(([, value]) => cell(value(entry))))).join('');
      if (text) controller.enqueue(encoder.encode(text));
      if (cursor === null) controller.close();
    },
  });
}
