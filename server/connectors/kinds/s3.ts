import { AwsV4Signer } from 'aws4fetch';
import { XMLParser } from 'fast-xml-parser';
import type { JsonValue } from '@/lib/contracts/json';
import { Forbidden, Invalid, NotFound, Upstream } from '../../errors';
import type { GuardedResponse, HttpMethod } from '../../http/guarded';
import { connectorFetch } from '../../http/reach';
import type { Opened, TestReport } from '../opened';

/** Bytes of a file that a model is given. */
const MAX_READ_BYTES = 64_000;
const MAX_LISTED = 200;

/** Names, sizes and dates of files, those that begin with `prefix`. */
export async function listFiles(
  opened: Opened<'s3'>,
  prefix: string,
  after: string,
  signal: AbortSignal,
): Promise<JsonValue> {
  const query = new URLSearchParams({ 'list-type': '2', 'max-keys': String(MAX_LISTED), prefix });
  if (after) query.set('start-after', after);
  const answer = await send(opened, { method: 'GET', key: '', query }, signal);
  const list = listingIn(text(answer));
  const files = (list?.Contents ?? []).map(({ Key, Size, LastModified }) => ({
    key: Key,
    bytes: Number(Size),
    changed: LastModified,
  }));
  return { files, truncated: list?.IsTruncated === 'true' };
}

/** The text of a file, or its beginning. */
export async function readFile(opened: Opened<'s3'>, key: string, signal: AbortSignal): Promise<JsonValue> {
  const answer = await send(opened, { method: 'GET', key }, signal);
  const contentType = answer.headers['content-type'] ?? '';
  const content = text(answer);
  const isText = !content.includes('\u0000') && !content.includes('\uFFFD');
  const shown = isText ? content : `(${answer.body.byteLength} bytes of ${contentType || 'no text'}, not shown)`;
  return { key, contentType, content: shown, truncated: answer.truncated };
}

/** Writes a file in place of the one before. */
export async function putFile(
  opened: Opened<'s3'>,
  { key, content, contentType }: { key: string; content: string; contentType: string },
  signal: AbortSignal,
): Promise<JsonValue> {
  await send(opened, { method: 'PUT', key, body: content, contentType }, signal);
  return { key, bytes: Buffer.byteLength(content) };
}

export async function testS3(opened: Opened<'s3'>, signal: AbortSignal): Promise<TestReport> {
  const query = new URLSearchParams({ 'list-type': '2', 'max-keys': '1' });
  await send(opened, { method: 'GET', key: '', query }, signal);
  const { endpoint, bucket } = opened.settings;
  const warnings = endpoint.startsWith('http:') ? ['Files go to this address in clear text. Use https://.'] : [];
  return { message: `The bucket ${bucket} answers.`, warnings };
}

interface Listing {
  Contents?: { Key: string; Size: string; LastModified: string }[];
  IsTruncated?: string;
}

// No entities beyond XML's own: what a server answers expands to nothing larger.
const xml = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'Contents', processEntities: true });

/** @throws Upstream for what is no listing, or hides more than one has. */
function listingIn(document: string): Listing | undefined {
  try {
    return (xml.parse(document) as { ListBucketResult?: Listing }).ListBucketResult;
  } catch (error) {
    const message = 'The storage answers with what is no list of files. Check that the endpoint is an S3 storage.';
    throw new Upstream(message, { reason: 'tool_failed', retriable: false, cause: error });
  }
}

interface Call {
  method: HttpMethod;
  key: string;
  query?: URLSearchParams;
  body?: string;
  contentType?: string;
}

/** A signed request (AWS Signature Version 4), with the bucket in the path, as every compatible server takes it. */
async function send(
  { settings, credentials }: Opened<'s3'>,
  call: Call,
  signal: AbortSignal,
): Promise<GuardedResponse> {
  const { endpoint, region, bucket, accessKeyId } = settings;
  if (call.key.split('/').some((segment) => segment === '.' || segment === '..')) {
    throw new Forbidden('A key with . or .. between slashes is not taken: an address cannot carry it.');
  }
  const path = [bucket, ...call.key.split('/')]
    .map(encodeURIComponent)
    .join('/')
    .replace(/\/$/, call.key ? '/' : '');
  const signer = new AwsV4Signer({
    method: call.method,
    url: `${endpoint.replace(/\/+$/, '')}/${path}${call.query ? `?${call.query}` : ''}`,
    headers: call.contentType ? { 'content-type': call.contentType } : {},
    body: call.body,
    accessKeyId,
    secretAccessKey: credentials.secretAccessKey,
    service: 's3',
    region,
  });
  const { url, headers } = await signer.sign();
  const answer = await connectorFetch(url.href, {
    method: call.method,
    headers: Object.fromEntries([...headers].filter(([name]) => name !== 'host')),
    body: call.body,
    signal,
    timeoutMs: 20_000,
    maxBytes: call.query ? 1_000_000 : MAX_READ_BYTES,
    redirects: 'answer',
  });
  if (answer.status < 300) return answer;
  const code = /<Code>(\w{1,60})<\/Code>/.exec(text(answer))?.[1] ?? '';
  if (code === 'NoSuchKey') throw new NotFound('file');
  if (code === 'NoSuchBucket') throw broken(`There is no bucket ${bucket}. Check its name and the region.`);
  if (answer.status === 403) throw broken(`Access is refused (${code || 403}). Check the keys and what they may do.`);
  if (answer.status >= 400 && answer.status < 500)
    throw new Invalid(`The storage refused this: ${code || answer.status}.`);
  throw broken(`The storage answers ${answer.status}. Check endpoint and region, or try again later.`);
}

const text = ({ body }: GuardedResponse): string => new TextDecoder().decode(body);
const broken = (message: string) => new Upstream(message, { reason: 'tool_failed', retriable: true });
