import { z } from 'zod';
import { publicUrl } from '@/lib/env';
import { OPERATIONS, type Operation } from './operations';
import { Problem } from './problem';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** JSON travels: a date is its ISO text. */
const toSchema = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema => {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type !== 'date') return;
      jsonSchema.type = 'string';
      jsonSchema.format = 'date-time';
    },
  });
  return json;
};

function parameters(operation: Operation) {
  const of = (place: 'path' | 'query', schema: z.ZodObject | undefined) => {
    if (!schema) return [];
    const { properties = {}, required = [] } = toSchema(schema, 'input') as {
      properties?: Record<string, JsonSchema>;
      required?: string[];
    };
    return Object.entries(properties).map(([name, { description, ...rest }]) => ({
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(description ? { description } : {}),
      schema: rest,
    }));
  };
  const once = {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'The same key with the same request finds what the first one made. Kept for 24 hours.',
    schema: { type: 'string', maxLength: 255 },
  };
  return [...of('path', operation.params), ...of('query', operation.query), ...(operation.once ? [once] : [])];
}

function responses(operation: Operation) {
  const entries = Object.entries(operation.responses).map(([status, { description, schema, stream, yaml }]) => {
    const content = {
      ...(schema ? { 'application/json': { schema: toSchema(schema, 'output') } } : {}),
      ...(yaml ? { 'application/yaml': { schema: { type: 'string' } } } : {}),
      ...(stream ? { 'text/event-stream': { schema: { type: 'string' } } } : {}),
    };
    return [status, { description, content }];
  });
  const problem = { $ref: '#/components/responses/Problem' };
  return { ...Object.fromEntries(entries), default: problem };
}

const needs = (scopes: readonly string[]): string =>
  `Needs the ${scopes.length > 1 ? 'scopes' : 'scope'} ${scopes.map((scope) => `\`${scope}\``).join(' and ')}.`;

/** The OpenAPI 3.1 document of the HTTP API, made from the contracts that the handlers parse with. */
export function openApiDocument() {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: {
        operationId: operation.id,
        summary: operation.summary,
        description: needs(operation.scopes),
        parameters: parameters(operation),
        ...(operation.body
          ? {
              requestBody: {
                required: true,
                content: { 'application/json': { schema: toSchema(operation.body, 'input') } },
              },
            }
          : {}),
        responses: responses(operation),
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Muster', version: '1', description: 'Agents and their runs. Money is integer micro-dollars.' },
    servers: [{ url: publicUrl() }],
    security: [{ apiKey: [] }],
    paths,
    components: {
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, `sk_live_…`' } },
      responses: {
        Problem: {
          description: 'What is wrong and what to do (RFC 9457)',
          content: { 'application/problem+json': { schema: toSchema(Problem, 'output') } },
        },
      },
    },
  };
}
