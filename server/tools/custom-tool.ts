import { z } from 'zod';
import type { JsonValue } from '@/lib/contracts/json';
import { Json, StorableJson } from '@/lib/contracts/json';
import type { CustomTool, ToolParameter } from '@/lib/contracts/tools';
import { Invalid } from '../errors';
import { runProgram } from '../sandbox/run-program';
import { explain } from './code-interpreter';
import { callHttp } from './http-action';
import { inputOf } from './json-schema-input';
import { askerOf, type MachineTool, machineTool } from './tool';

/** A program has this long even when its tool may take longer: it only calculates. */
const PROGRAM_SECONDS = 10;

/** A custom tool as the engine runs it. */
export function toTool({ action, parameters, timeoutSeconds, retries, ...tool }: CustomTool): MachineTool {
  const { name, label, description, approval, enabled } = tool;
  const isHttp = action.kind === 'http';
  const inputSchema = argumentsOf(parameters);
  return machineTool({
    name,
    label,
    does: description,
    description,
    isCustom: true,
    group: isHttp ? 'custom' : 'code',
    reads: isHttp ? 'untrusted' : 'nothing',
    effect: isHttp ? (action.method === 'GET' ? 'sends' : 'changes') : 'none',
    approval,
    disabled: enabled ? undefined : `${name} is switched off.`,
    inputSchema,
    jsonSchema: parameters.some(({ schema }) => schema) ? withSchemas(inputSchema, parameters) : undefined,
    timeoutMs: timeoutSeconds * 1_000,
    async run(input, environment) {
      const given = input as Record<string, JsonValue>;
      if (isHttp) return callHttp(action, given, retries, environment);
      const timeoutMs = Math.min(timeoutSeconds, PROGRAM_SECONDS) * 1_000;
      const end = await runProgram({ code: action.code, input: given, timeoutMs }, askerOf(environment));
      if (!end.ok) throw new Invalid(explain(end));
      return end.value;
    },
  });
}

const argumentsOf = (parameters: readonly ToolParameter[]) =>
  z.strictObject(Object.fromEntries(parameters.map((parameter) => [parameter.name, schemaOf(parameter)])));

/** What models are told: the schema of an argument as it was written. */
function withSchemas(input: z.ZodType, parameters: readonly ToolParameter[]): JsonValue {
  const { $schema: _, properties, ...whole } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  const written = parameters.flatMap(({ name, description, schema }) =>
    schema === undefined ? [] : [[name, { ...(schema as object), ...(description && { description }) }]],
  );
  return Json.parse({ ...whole, properties: { ...properties, ...Object.fromEntries(written) } });
}

function schemaOf({ type, description, required, choices, schema: written }: ToolParameter): z.ZodType {
  const types = {
    string: choices.length > 0 ? z.enum(choices) : z.string().max(100_000),
    number: z.number(),
    integer: z.int(),
    boolean: z.boolean(),
    json: written === undefined ? StorableJson : inputOf(written, JSON.stringify(written), StorableJson),
  };
  const schema = description ? types[type].describe(description) : types[type];
  return required ? schema : schema.optional();
}
