import type { GuardedResponse } from '../http/guarded';

const TEXT = /^$|^text\/|[/+](json|xml|javascript|yaml|x-ndjson|graphql|x-www-form-urlencoded)\b/i;

/** The body as text in the charset the server named; undefined for what is no text. */
export function bodyText({ body, headers }: Pick<GuardedResponse, 'body' | 'headers'>): string | undefined {
  const contentType = headers['content-type'] ?? '';
  if (!TEXT.test(contentType)) return undefined;
  const charset = /charset="?([\w.:-]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  return (decoderOf(charset) ?? new TextDecoder()).decode(body);
}

function decoderOf(charset: string): TextDecoder | undefined {
  try {
    return new TextDecoder(charset);
  } catch {
    return undefined;
  }
}
