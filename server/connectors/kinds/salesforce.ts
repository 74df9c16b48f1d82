import { z } from 'zod';
import { Json, type JsonValue } from '@/lib/contracts/json';
import { Forbidden, Invalid, Upstream } from '../../errors';
import { connectorFetch } from '../../http/reach';
import type { Opened, TestReport } from '../opened';
import { Rows } from '../rows';
import { getToken, parseJson } from './oauth';

/** Of the REST API; three releases a year, each kept for at least three years. */
const API = '/services/data/v61.0';
const MAX_PAGES = 10;

const Page = z.object({
  totalSize: z.number(),
  done: z.boolean(),
  nextRecordsUrl: z.string().optional(),
  records: z.array(z.record(z.string(), Json)),
});
const Problems = z.array(z.object({ message: z.string() }));

/** Asks in SOQL, which can only read. */
export async function querySalesforce(
  opened: Opened<'salesforce'>,
  soql: string,
  signal: AbortSignal,
): Promise<JsonValue> {
  if (!/^\s*select\s/i.test(soql)) throw new Invalid('SOQL begins with SELECT.');
  const session = await logIn(opened, signal);
  const rows = new Rows();
  let path: string | undefined = `${API}/query?q=${encodeURIComponent(soql)}`;
  let totalSize = 0;
  for (let page = 0; path; page += 1) {
    if (page === MAX_PAGES) rows.truncated = true;
    if (rows.truncated) break;
    const answer: z.infer<typeof Page> = pageOf(await get(session, path, signal));
    totalSize = answer.totalSize;
    answer.records.every(({ attributes: _, ...record }) => rows.add(record));
    path = answer.done ? undefined : answer.nextRecordsUrl;
    if (path && !path.startsWith('/services/data/')) throw new Forbidden('Salesforce names a next page elsewhere.');
  }
  return { ...rows.result(), totalSize };
}

function pageOf(body: unknown): z.infer<typeof Page> {
  const page = Page.safeParse(body);
  if (page.success) return page.data;
  throw new Upstream('Salesforce answers with something else than records. Check the address of the login.', {
    reason: 'tool_failed',
    retriable: true,
  });
}

export async function testSalesforce(opened: Opened<'salesforce'>, signal: AbortSignal): Promise<TestReport> {
  const session = await logIn(opened, signal);
  await get(session, `${API}/limits`, signal);
  return { message: `Salesforce answers at ${new URL(session.instanceUrl).host}.`, warnings: [] };
}

interface Session {
  accessToken: string;
  instanceUrl: string;
}

async function logIn(opened: Opened<'salesforce'>, signal: AbortSignal): Promise<Session> {
  const { settings, credentials } = opened;
  const { clientSecret, refreshToken } = credentials;
  const client = { client_id: settings.clientId, client_secret: clientSecret };
  const grant: Record<string, string> = refreshToken
    ? { grant_type: 'refresh_token', refresh_token: refreshToken }
    : { grant_type: 'client_credentials' };
  const login = new URL(settings.loginUrl);
  const { accessToken, instanceUrl } = await getToken(
    opened,
    `${login.origin}/services/oauth2/token`,
    { ...client, ...grant },
    signal,
  );
  const instance = URL.parse(instanceUrl ?? '');
  // The token goes to Salesforce and to nobody whom an answer names instead.
  const isSalesforce = instance?.protocol === 'https:' && /(^|\.)(salesforce|force)\.com$/.test(instance.hostname);
  if (!instance || !(isSalesforce || instance.origin === login.origin)) {
    throw new Forbidden('Salesforce names an instance that is not one of Salesforce. It was not called.');
  }
  return { accessToken, instanceUrl: instance.origin };
}

async function get({ accessToken, instanceUrl }: Session, path: string, signal: AbortSignal): Promise<unknown> {
  const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' };
  const request = { headers, signal, timeoutMs: 15_000, maxBytes: 4_000_000, redirects: 'answer' } as const;
  const answer = await connectorFetch(`${instanceUrl}${path}`, request);
  const body = answer.truncated ? undefined : parseJson(answer.body);
  if (answer.status === 200) return body;
  const said = Problems.safeParse(body).data?.[0]?.message;
  if (answer.status === 400 || answer.status === 404)
    throw new Invalid(`Salesforce refused this: ${said?.slice(0, 500)}`);
  throw new Upstream(`Salesforce answers ${answer.status}. Check what the connected app may do, or try again later.`, {
    reason: 'tool_failed',
    retriable: answer.status >= 500,
  });
}
