import { z } from 'zod';
import { Invalid } from '../errors';
import { bodyText } from './body-text';
import { pageToMarkdown } from './page-to-markdown';
import { askerOf, machineTool } from './tool';

const MAX_PAGE_BYTES = 1_500_000;

const input = z.object({
  url: z.string().max(4_000).describe('Address that starts with https:// or http://'),
  from: z.number().int().min(0).max(10_000_000).default(0).describe('Character to go on from when an answer was cut'),
  characters: z.number().int().min(500).max(50_000).default(20_000).describe('Of the text, at most'),
});

export const fetchPage = machineTool({
  name: 'fetch_page',
  label: 'Fetch a page',
  does: 'Reads a public web page as Markdown.',
  group: 'web',
  reads: 'untrusted',
  effect: 'sends',
  description:
    'Reads a public web page: its article as Markdown, with title and author. For text files and JSON too; not for PDF, pictures or pages that need a sign-in.',
  inputSchema: input,
  timeoutMs: 30_000,
  target: ({ url }) => ({ url, isBare: true }),
  async run({ url, from, characters }, environment) {
    const { signal, http } = environment;
    const headers = { accept: 'text/html, application/xhtml+xml, text/markdown;q=0.9, text/*;q=0.8, */*;q=0.1' };
    const answer = await http(url, { headers, signal, timeoutMs: 25_000, maxBytes: MAX_PAGE_BYTES });
    if (answer.status >= 400) throw new Invalid(`${answer.url} answers ${answer.status}. Check the address.`);
    if (answer.truncated) throw new Invalid(`${answer.url} is larger than ${MAX_PAGE_BYTES / 1e6} MB.`);
    const type = (answer.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    const isPdf = type === 'application/pdf' || Buffer.from(answer.body.subarray(0, 5)).toString('latin1') === '%PDF-';
    const text = isPdf ? undefined : bodyText(answer);
    if (text === undefined) {
      throw new Invalid(
        `${answer.url} is ${isPdf ? 'a PDF' : type}, which this tool cannot read. Look for a web page with the same content.`,
      );
    }
    const isHtml = /html/.test(type) || (type === '' && /^\s*<(!doctype|html)/i.test(text));
    const { markdown, ...page } = isHtml
      ? await pageToMarkdown(text, answer.url, askerOf(environment))
      : { title: null, byline: null, markdown: text };
    const shown = markdown.slice(from, from + characters);
    const next = from + characters < markdown.length ? from + characters : null;
    return { url: answer.url, ...page, markdown: shown, characters: markdown.length, goOnFrom: next };
  },
});
