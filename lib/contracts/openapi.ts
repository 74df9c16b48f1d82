import { z } from 'zod';
import { SecretName } from './secrets';
import { text } from './text';

export const MAX_OPERATIONS = 300;

/** An OpenAPI 3 document in JSON or YAML: as it stands, or where it is. */
export const OpenApiSource = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: text(900_000).regex(/\S/, 'Paste the document.') }),
  z.object({
    type: z.literal('url'),
    url: text(2_000).regex(/^https?:\/\/\S+$/, 'An address that begins with https://.'),
  }),
]);
export type OpenApiSource = z.infer<typeof OpenApiSource>;

export const ReadOpenApiInput = z.object({ source: OpenApiSource });
export type ReadOpenApiInput = z.infer<typeof ReadOpenApiInput>;

export const OpenApiOperation = z.object({
  key: z.string().describe('Method and path'),
  name: z.string().describe('What models call the tool'),
  summary: z.string(),
  takes: z.array(z.string()),
  needs: z.array(z.string()).describe('Schemes of credentials'),
  state: z.enum(['new', 'same', 'changed']).describe('Against the tool made from it before'),
  change: z.object({ before: z.string(), after: z.string() }).nullable(),
  problem: z.string().nullable().describe('Why no tool can be made of it'),
});
export type OpenApiOperation = z.infer<typeof OpenApiOperation>;

/** What a document holds; `hash` is of it, to import what was read and nothing else. */
export const OpenApiPreview = z.object({
  title: z.string(),
  hash: z.string(),
  baseUrl: z.string(),
  schemes: z.array(z.object({ name: z.string(), says: z.string(), secret: z.string() })),
  operations: z.array(OpenApiOperation),
});
export type OpenApiPreview = z.infer<typeof OpenApiPreview>;

export const ImportOpenApiInput = ReadOpenApiInput.extend({
  hash: text(64),
  baseUrl: text(1_000).regex(
    /^https?:\/\/[^{}/?#\s@]+(?:\/[^{}?#\s]*)?$/,
    'An address that begins with https:// or http://, its host written out.',
  ),
  secrets: z.record(text(200), SecretName).describe('Of each scheme of credentials: the name of a secret'),
  operations: z.array(text(2_100)).min(1, 'Choose an operation.').max(MAX_OPERATIONS),
});
export type ImportOpenApiInput = z.infer<typeof ImportOpenApiInput>;

/** Which operation a tool was made from. */
export interface ToolOrigin {
  document: string;
  operation: string;
  baseUrl: string;
  secrets: Record<string, string>;
}
