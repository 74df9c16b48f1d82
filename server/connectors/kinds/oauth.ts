import { z } from 'zod';
import { Upstream } from '../../errors';
import { connectorFetch } from '../../http/reach';
import { rememberSecret } from '../../secrets/redaction';
import type { Opened } from '../opened';

const Answer = z.object({ access_token: z.string().min(1), instance_url: z.string().optional() });

/** Asks a token endpoint (RFC 6749 § 4.4, § 6). @throws Upstream that repeats nothing of what was sent. */
export async function getToken(
  { orgId, name }: Pick<Opened, 'orgId' | 'name'>,
  tokenUrl: string,
  form: Record<string, string>,
  signal: AbortSignal,
): Promise<{ accessToken: string; instanceUrl: string | undefined }> {
  const answer = await connectorFetch(tokenUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(form).toString(),
    signal,
    timeoutMs: 10_000,
    maxBytes: 64_000,
    redirects: 'answer',
  });
  const parsed = Answer.safeParse(parseJson(answer.body));
  if (answer.status === 200 && parsed.success) {
    rememberSecret(orgId, `of ${name}`, parsed.data.access_token);
    return { accessToken: parsed.data.access_token, instanceUrl: parsed.data.instance_url };
  }
  throw new Upstream(
    `The login is refused: ${new URL(tokenUrl).host} answers ${answer.status}. Check client and secret.`,
    {
      reason: 'tool_failed',
      retriable: answer.status >= 500,
    },
  );
}

/** What is no JSON is nothing that was asked for. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
