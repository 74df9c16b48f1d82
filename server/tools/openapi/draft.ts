import type { JsonValue } from '@/lib/contracts/json';
import { CreateToolInput, type HttpAction, ToolParameter } from '@/lib/contracts/tools';
import { DomainError } from '../../errors';
import { plainText } from '../mcp/plain-text';
import { type OpenApi, operationsOf, type ReadOpenApi } from './document';
import { expand, follow, isMembers } from './expand';

/** The tool that an operation becomes; `name` is what it would like to be called. */
export interface Draft {
  key: string;
  name: string;
  summary: string;
  needs: string[];
  tool: Omit<CreateToolInput, 'name'> | undefined;
  problem: string | null;
}

export interface Filling {
  baseUrl: string;
  /** The name of a secret, by scheme of credentials. */
  secrets: Record<string, string>;
}

type Pairs = HttpAction['headers'];

/** Every operation of a document, in its order. */
export function draftsOf({ document, whole }: ReadOpenApi, filling: Filling): Draft[] {
  return operationsOf(document).map(({ path, method, operation, item }): Draft => {
    const said = [operation.summary, operation.description].filter((one) => typeof one === 'string');
    const head = {
      key: `${method.toUpperCase()} ${path}`,
      name: toName(typeof operation.operationId === 'string' ? operation.operationId : `${method}_${path}`),
      summary: plainText(said[0] ?? '', 200),
      needs: [] as string[],
    };
    try {
      const shared = Array.isArray(item.parameters) ? item.parameters : [];
      const own = Array.isArray(operation.parameters) ? operation.parameters : [];
      const parts = new Parts(whole);
      // The operation's own come before those of its path.
      for (const one of [...own, ...shared]) parts.add(follow(whole, one));
      if (method !== 'get') parts.addBody(follow(whole, operation.requestBody));
      head.needs = schemesOf(document, operation.security);
      for (const scheme of head.needs)
        addCredential(parts, document.components.securitySchemes[scheme], filling.secrets[scheme] ?? 'NAME');
      const cut = parts.isCut ? ' (Its arguments are nested deeper than is shown.)' : '';
      const tool = CreateToolInput.omit({ name: true }).parse({
        label: plainText(head.summary || head.key, 80).replace(/\s+/g, ' '),
        description: plainText(`${said.join('\n') || head.key}${cut}`, 1_000),
        parameters: parts.parameters,
        action: {
          kind: 'http',
          method: method.toUpperCase(),
          url: filling.baseUrl.replace(/\/$/, '') + parts.fillPath(path),
          query: parts.query,
          headers: parts.headers,
          body: parts.body,
        },
        approval: method === 'get' ? 'auto' : 'ask',
      });
      return { ...head, tool, problem: null };
    } catch (error) {
      const { message } = error instanceof Error ? error : new Error('It cannot be read.');
      const isOurs = error instanceof DomainError || error instanceof Unsupported;
      return { ...head, tool: undefined, problem: isOurs ? message : `It does not fit a tool: ${firstOf(error)}` };
    }
  });
}

class Unsupported extends Error {}

const firstOf = (error: unknown): string => {
  const issues = typeof error === 'object' && error !== null && 'issues' in error ? error.issues : undefined;
  const [issue] = Array.isArray(issues) ? issues : [];
  return issue ? `${issue.path.join('.')}: ${issue.message}` : 'it cannot be read.';
};

/** What the arguments of an operation are called, and where each goes. */
class Parts {
  readonly parameters: ToolParameter[] = [];
  readonly query: Pairs = [];
  readonly headers: Pairs = [];
  body: JsonValue = null;
  isCut = false;
  private readonly inPath = new Map<string, string>();
  private readonly seen = new Set<string>();

  constructor(private readonly whole: JsonValue) {}

  add({ name, in: place, required, description, schema }: { [key: string]: JsonValue }): void {
    if (typeof name !== 'string' || this.seen.has(`${place} ${name}`)) return;
    this.seen.add(`${place} ${name}`);
    if (place === 'cookie') {
      if (required === true) throw new Unsupported(`It needs the cookie ${name}; tools send none.`);
      return;
    }
    // Such a header is ours to set (https://spec.openapis.org/oas/v3.1.0#parameter-object).
    if (place === 'header' && /^(?:accept|content-type|authorization)$/i.test(name)) return;
    const argument = this.argument(name, schema, required === true || place === 'path', description);
    if (place === 'path') this.inPath.set(name, argument);
    else (place === 'header' ? this.headers : this.query).push({ name, value: `{{${argument}}}` });
  }

  addBody({ content, required }: { [key: string]: JsonValue }): void {
    if (!isMembers(content)) return;
    const type =
      Object.keys(content).find((one) => /^application\/(?:.*\+)?json\b/.test(one)) ?? (content['*/*'] && '*/*');
    if (!type) throw new Unsupported(`It takes ${Object.keys(content).join(', ') || 'a body'}; tools send JSON.`);
    const { schema } = follow(this.whole, content[type]);
    const { schema: read, isCut } = expand(this.whole, schema);
    this.isCut ||= isCut;
    const properties = read.type === 'object' && isMembers(read.properties) ? Object.entries(read.properties) : [];
    if (properties.length === 0 || properties.length > 30) {
      this.body = `{{${this.argument('body', schema, required === true, undefined)}}}`;
      return;
    }
    const needed = Array.isArray(read.required) ? read.required : [];
    this.body = Object.fromEntries(
      properties
        .filter(([, property]) => !isMembers(property) || property.readOnly !== true)
        .map(([name, property]) => [name, `{{${this.argument(name, property, needed.includes(name), undefined)}}}`]),
    );
  }

  fillPath(path: string): string {
    return path.replace(/\{([^{}]+)\}/g, (_, name: string) => {
      const argument = this.inPath.get(name) ?? this.argument(name, { type: 'string' }, true, undefined);
      return `{{${argument}}}`;
    });
  }

  private argument(name: string, given: JsonValue | undefined, required: boolean, said: JsonValue | undefined): string {
    const { schema, isCut } = expand(this.whole, given);
    this.isCut ||= isCut;
    const taken = new Set(this.parameters.map((parameter) => parameter.name));
    const plain = name
      .replace(/[^a-zA-Z0-9_]+/g, '_')
      .replace(/^(?=\d)|^$/, '_')
      .slice(0, 36);
    let called = plain;
    for (let at = 2; taken.has(called); at += 1) called = `${plain}_${at}`;
    const description = plainText(String(said ?? schema.description ?? ''), 500);
    const { type } = schema;
    const choices = Array.isArray(schema.enum) ? schema.enum : [];
    const isText =
      type === 'string' && choices.every((one) => typeof one === 'string' && one.length <= 200) && choices.length <= 50;
    const simple = isText || type === 'integer' || type === 'number' || type === 'boolean' ? type : undefined;
    const about = { name: called, description, required };
    this.parameters.push(
      ToolParameter.parse(
        simple ? { ...about, type: simple, choices: isText ? choices : [] } : { ...about, type: 'json', schema },
      ),
    );
    return called;
  }
}

/** The schemes of the first way in that there is for tools. */
function schemesOf(document: OpenApi, own: JsonValue | undefined): string[] {
  const ways = Array.isArray(own) ? own.filter(isMembers) : document.security;
  if (ways.length === 0) return [];
  const known = document.components.securitySchemes;
  const way = ways.map((one) => Object.keys(one)).find((names) => names.every((name) => isUsable(known[name])));
  if (!way) throw new Unsupported('It needs credentials of a kind that tools cannot send.');
  return way;
}

const isUsable = (scheme: Record<string, unknown> | undefined): boolean =>
  scheme?.type === 'http' ||
  scheme?.type === 'oauth2' ||
  scheme?.type === 'openIdConnect' ||
  (scheme?.type === 'apiKey' && (scheme.in === 'header' || scheme.in === 'query'));

function addCredential(parts: Parts, scheme: Record<string, unknown> | undefined, secret: string): void {
  const value = `{{secret.${secret}}}`;
  if (scheme?.type === 'apiKey') {
    (scheme.in === 'query' ? parts.query : parts.headers).push({ name: String(scheme.name), value });
    return;
  }
  const isBasic = scheme?.type === 'http' && String(scheme.scheme).toLowerCase() === 'basic';
  parts.headers.push({ name: 'Authorization', value: `${isBasic ? 'Basic' : 'Bearer'} ${value}` });
}

/** `GET /pets/{id}` wants to be called `get_pets_id`. */
const toName = (said: string): string =>
  said
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, 58) || 'operation';
