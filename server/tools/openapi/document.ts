import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { JsonValue } from '@/lib/contracts/json';
import { MAX_OPERATIONS, type OpenApiSource } from '@/lib/contracts/openapi';
import { Invalid } from '../../errors';
import type { GuardedFetch } from '../../http/guarded';
import type { Asker } from '../../turns';
import { readYaml } from '../../yaml';
import { toStorableJson } from '../storable-json';
import { isMembers } from './expand';

const MAX_BYTES = 2_000_000;
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

const Any = z.record(z.string(), z.unknown());
/** What of a document is read; whatever else is in it does not matter. References are followed where they are met. */
const OpenApi = z.object({
  openapi: z.string('Only OpenAPI 3 is read').regex(/^3\./, 'Only OpenAPI 3 is read'),
  info: z.object({ title: z.string().min(1).max(200) }),
  servers: z.array(z.object({ url: z.string() })).default([]),
  paths: z
    .record(z.string(), z.unknown())
    .refine((paths) => Object.keys(paths).every((path) => /^(?:\/|x-)/.test(path)), 'Each path begins with /'),
  components: z
    .object({ securitySchemes: z.record(z.string(), Any).default({}) })
    .loose()
    .default({ securitySchemes: {} }),
  security: z.array(z.record(z.string(), z.array(z.string()))).default([]),
});
export type OpenApi = z.infer<typeof OpenApi>;

export interface ReadOpenApi {
  document: OpenApi;
  /** All of it, for references to point into. */
  whole: JsonValue;
  hash: string;
}

/** Every operation, in the order of the document. */
export const operationsOf = ({ paths }: OpenApi) =>
  Object.entries(paths).flatMap(([path, item]) =>
    !path.startsWith('/') || !isMembers(item)
      ? []
      : METHODS.flatMap((method) => {
          const operation = item[method];
          return isMembers(operation) ? [{ path, method, operation, item }] : [];
        }),
  );

/** @throws Invalid that names where the document is wrong, and what the guarded client throws. */
export async function readDocument(source: OpenApiSource, http: GuardedFetch, asker: Asker): Promise<ReadOpenApi> {
  const text = source.type === 'text' ? source.text : await load(source.url, http);
  const whole = await parseText(text, asker);
  const elsewhere = findElsewhere(whole, '');
  if (elsewhere) {
    throw new Invalid(`${elsewhere} points out of the document. Bundle it into one first: nothing is fetched for it.`);
  }
  const read = OpenApi.safeParse(whole);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new Invalid(`${issue?.path.join('.') || 'The document'}: ${issue?.message}.`, {
      fields: { source: 'wrong' },
    });
  }
  const many = operationsOf(read.data).length;
  if (many === 0) throw new Invalid('The document has no operation.');
  if (many > MAX_OPERATIONS) {
    throw new Invalid(`The document has ${many} operations; at most ${MAX_OPERATIONS} are read. Leave some out.`);
  }
  return { document: read.data, whole, hash: createHash('sha256').update(text).digest('hex') };
}

async function load(url: string, http: GuardedFetch): Promise<string> {
  const { status, body, truncated } = await http(url, { maxBytes: MAX_BYTES, timeoutMs: 20_000 });
  if (status !== 200) throw new Invalid(`The address answers ${status}.`, { fields: { 'source.url': `${status}` } });
  if (truncated) throw new Invalid(`The document is larger than ${MAX_BYTES / 1e6} MB.`);
  return new TextDecoder().decode(body);
}

async function parseText(text: string, asker: Asker): Promise<JsonValue> {
  const wrong = (why = '') =>
    new Invalid(`The document is neither JSON nor YAML. ${why}`.trim(), { fields: { source: 'wrong' } });
  const json = parseJson(text);
  if (json !== undefined) return toStorableJson(json);
  const [document] = await readYaml(text, 1, asker);
  const [problem] = document?.problems ?? [];
  if (problem) throw wrong(`Line ${problem.line}: ${problem.message}`);
  if (!document) throw wrong();
  return toStorableJson(document.value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where a reference leaves the document. */
function findElsewhere(value: JsonValue, at: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    if (key === '$ref' && typeof item === 'string' && !item.startsWith('#'))
      return `${at || '/'} ($ref ${item.slice(0, 100)})`;
    const found = findElsewhere(item, `${at}/${key}`);
    if (found) return found;
  }
  return undefined;
}
