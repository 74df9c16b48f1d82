import { createHash } from 'node:crypto';
import type { ListToolsResult } from '@ai-sdk/mcp';
import canonicalize from 'canonicalize';
import type { RemoteTool } from '@/lib/contracts/mcp';
import { DomainError, Invalid } from '../../errors';
import { type Remote, withServer } from './connection';
import { plainJson, plainText } from './plain-text';

export const MAX_TOOLS = 200;
const MAX_PAGES = 20;
const MAX_SCHEMA = 32_000;
const MAX_DESCRIPTION = 4_000;
const LIST_MS = 20_000;

export type Listing = {
  tools: RemoteTool[];
  /** Which tools were left out, and why. */
  leftOut: string[];
};

/** What a server says of its tools now. @throws as `withServer` does; Invalid for more tools than there may be. */
export async function readListing(remote: Remote): Promise<Listing> {
  const signal = AbortSignal.timeout(LIST_MS);
  const said = await withServer(remote, signal, async (client, stop) => {
    const found: ListToolsResult['tools'] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const answer = await client.listTools({ params: cursor ? { cursor } : undefined, options: { signal: stop } });
      found.push(...answer.tools);
      cursor = answer.nextCursor;
      if (!cursor) return found;
      if (found.length > MAX_TOOLS) break;
    }
    throw new Invalid(`${remote.name} has more than ${MAX_TOOLS} tools. Connect one with fewer.`);
  }).catch((error) => {
    if (signal.aborted) throw new Invalid(`${remote.name} did not list its tools within ${LIST_MS / 1_000} s.`);
    throw error;
  });
  if (said.length > MAX_TOOLS) throw new Invalid(`${remote.name} has more than ${MAX_TOOLS} tools.`);
  const tools = new Map<string, RemoteTool>();
  const leftOut: string[] = [];
  for (const one of said) {
    const read = readTool(one);
    if (typeof read === 'string') leftOut.push(read);
    else tools.set(read.remoteName, read);
  }
  return { tools: [...tools.values()], leftOut };
}

function readTool({ name, title, description, inputSchema, annotations }: ListToolsResult['tools'][number]) {
  const remoteName = plainText(name, 200);
  if (!remoteName || remoteName !== name) return `${remoteName || 'one without a name'}: its name cannot be called`;
  try {
    const schema = plainJson(inputSchema);
    if (JSON.stringify(schema).length > MAX_SCHEMA) {
      return `${remoteName}: its schema is longer than ${MAX_SCHEMA} characters`;
    }
    return {
      remoteName,
      label: plainText(title ?? annotations?.title ?? name, 80).replace(/\s+/g, ' '),
      description: plainText(description ?? '', MAX_DESCRIPTION) || 'The server says nothing of it.',
      inputSchema: schema,
      readOnly: annotations?.readOnlyHint === true,
    };
  } catch (error) {
    if (error instanceof DomainError) return `${remoteName}: ${error.message}`;
    throw error;
  }
}

/** The same for what means the same to a model and to the rules. */
export const hashOf = (tool: RemoteTool): string =>
  createHash('sha256')
    .update(canonicalize(tool) ?? '')
    .digest('hex');

/** What models call it, unlike `taken`: `getIssue` of `tracker` is `tracker__get_issue`. */
export function nameOf(server: string, remoteName: string, taken: ReadonlySet<string>): string {
  const plain = remoteName
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  const base = `${server}__${plain || 'tool'}`.slice(0, 63);
  for (let at = 1; ; at += 1) {
    const name = at === 1 ? base : `${base.slice(0, 59)}_${at}`;
    if (!taken.has(name)) return name;
  }
}
