import { isDeepStrictEqual } from 'node:util';
import canonicalize from 'canonicalize';
import type { ImportOpenApiInput, OpenApiOperation, OpenApiPreview, ReadOpenApiInput } from '@/lib/contracts/openapi';
import { ChangeToolInput, CreateToolInput, type CustomTool } from '@/lib/contracts/tools';
import { type OrgContext, requirePermission, withTenant } from '../../context';
import { Conflict, Invalid } from '../../errors';
import { guardedFetch } from '../../http/guarded';
import { plainText } from '../mcp/plain-text';
import * as queries from '../queries';
import { findTool } from '../registry';
import { changeTool, createTool } from '../service';
import { readDocument } from './document';
import { type Draft, draftsOf, type Filling } from './draft';

const MAX_TOOLS = 500;

/** What a document holds, beside the tools that were made of it before. @throws as `readDocument` does. */
export async function readOpenApi(
  ctx: OrgContext,
  { source }: ReadOpenApiInput,
  http = guardedFetch,
  signal = new AbortController().signal,
): Promise<OpenApiPreview> {
  requirePermission(ctx, 'tools:write');
  const read = await readDocument(source, http, { orgId: ctx.org.id, signal });
  const { document } = read;
  const title = titleOf(document.info.title);
  const tools = await withTenant(ctx, (tx) => queries.selectPage(tx, '', '', MAX_TOOLS));
  const made = madeFrom(tools, title);
  const before = [...made.values()][0]?.origin;
  const baseUrl = before?.baseUrl ?? baseOf(document.servers[0]?.url ?? '', source.type === 'url' ? source.url : '');
  const filling: Filling = { baseUrl: baseUrl || 'https://example.com', secrets: before?.secrets ?? {} };
  const drafts = named(draftsOf(read, filling), tools, made);
  const schemes = [...new Set(drafts.flatMap(({ needs }) => needs))];
  return {
    title,
    hash: read.hash,
    baseUrl,
    schemes: schemes.map((name) => ({
      name,
      says: saysOf(document.components.securitySchemes[name]),
      secret: filling.secrets[name] ?? '',
    })),
    operations: drafts.map((draft) => toOperation(draft, made.get(draft.key))),
  };
}

/**
 * Makes a tool of each chosen operation, or changes the one that was made of it before.
 * @throws Conflict when the document is another one by now, Invalid for an operation of which no tool can be made.
 */
export async function importOpenApi(
  ctx: OrgContext,
  input: ImportOpenApiInput,
  http = guardedFetch,
  signal = new AbortController().signal,
): Promise<{ names: string[] }> {
  requirePermission(ctx, 'tools:write');
  const { source, hash, baseUrl, secrets, operations } = input;
  const read = await readDocument(source, http, { orgId: ctx.org.id, signal });
  if (read.hash !== hash) throw new Conflict('The document is another one by now. Read it again first.');
  const document = titleOf(read.document.info.title);
  return withTenant(ctx, async (tx) => {
    const tools = await queries.selectPage(tx, '', '', MAX_TOOLS);
    const made = madeFrom(tools, document);
    const drafts = named(draftsOf(read, { baseUrl, secrets }), tools, made);
    const names: string[] = [];
    for (const key of operations) {
      const draft = drafts.find((one) => one.key === key);
      if (!draft?.tool) throw new Invalid(`${key}: ${draft?.problem ?? 'The document has no such operation.'}`);
      const missing = draft.needs.find((scheme) => !secrets[scheme]);
      if (missing) {
        throw new Invalid(`${key} needs the credentials ${missing}. Name a secret for them.`, {
          fields: { [`secrets.${missing}`]: 'Name a secret.' },
        });
      }
      const origin = { document, operation: key, baseUrl, secrets: pick(secrets, draft.needs) };
      const before = made.get(key);
      if (before) {
        const { enabled, approval, timeoutSeconds, retries, label, name, revision } = before;
        const kept = { enabled, approval, timeoutSeconds, retries, label, name, revision };
        await changeTool(tx, ChangeToolInput.parse({ ...draft.tool, ...kept }));
      } else await createTool(tx, CreateToolInput.parse({ ...draft.tool, name: draft.name }));
      await queries.noteOrigin(tx, before?.name ?? draft.name, origin);
      names.push(before?.name ?? draft.name);
    }
    return { names };
  });
}

const titleOf = (title: string): string => plainText(title, 200);

const pick = (secrets: Record<string, string>, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, secrets[name] ?? '']));

const madeFrom = (tools: readonly CustomTool[], document: string) =>
  new Map(
    tools.flatMap((tool) => (tool.origin?.document === document ? [[tool.origin.operation, tool] as const] : [])),
  );

/** Each under a name that nothing else has. */
function named(drafts: Draft[], tools: readonly CustomTool[], made: ReadonlyMap<string, CustomTool>): Draft[] {
  const taken = new Set(tools.map(({ name }) => name));
  return drafts.map((draft) => {
    const before = made.get(draft.key);
    if (before) return { ...draft, name: before.name };
    let name = draft.name;
    const isFree = () => !taken.has(name) && !findTool(name) && CreateToolInput.shape.name.safeParse(name).success;
    for (let at = 2; !isFree(); at += 1) name = `${draft.name}_${at}`;
    taken.add(name);
    return { ...draft, name };
  });
}

function toOperation(
  { key, name, summary, needs, tool, problem }: Draft,
  before: CustomTool | undefined,
): OpenApiOperation {
  const head = { key, name, summary, needs, problem, takes: tool?.parameters.map((one) => one.name) ?? [] };
  if (!before || !tool) return { ...head, state: before ? 'same' : 'new', change: null };
  const told = ({ description, parameters, action }: Pick<CustomTool, 'description' | 'parameters' | 'action'>) => ({
    description,
    parameters,
    action,
  });
  // As it is stored: without what is undefined.
  const after: unknown = JSON.parse(JSON.stringify(told(tool)));
  if (isDeepStrictEqual(after, told(before))) return { ...head, state: 'same', change: null };
  // In one order of keys: the database keeps none, and lines that only moved are no change.
  const text = (value: unknown) => JSON.stringify(JSON.parse(canonicalize(value) ?? 'null'), null, 2);
  return { ...head, state: 'changed', change: { before: text(told(before)), after: text(after) } };
}

/** The address of a server, which may be relative to where the document is. */
function baseOf(server: string, from: string): string {
  if (!URL.canParse(server, from || undefined) || server.includes('{')) return '';
  return new URL(server, from || undefined).href.replace(/\/$/, '');
}

const saysOf = (scheme: Record<string, unknown> | undefined): string =>
  scheme?.type === 'apiKey'
    ? `${scheme.in === 'query' ? 'Query parameter' : 'Header'} ${plainText(String(scheme.name), 100)}`
    : scheme?.type === 'http' && String(scheme.scheme).toLowerCase() === 'basic'
      ? 'Basic: user:password in base64'
      : 'Bearer token';
