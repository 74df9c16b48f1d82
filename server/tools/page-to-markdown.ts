import { join } from 'node:path';
import { inOwnProcess, turnsAtReading } from '../own-process';
import type { Asker, Turns } from '../turns';

export interface Page {
  title: string | null;
  byline: string | null;
  publishedAt: string | null;
  markdown: string;
}

// Pages and route handlers have modules of their own in production; one process wants one queue.
const shared = globalThis as typeof globalThis & { musterPages?: Turns };
shared.musterPages ??= turnsAtReading('pages');

const READER = {
  module: join(process.cwd(), 'server/tools/page-worker.mjs'),
  turns: shared.musterPages,
  late: 'The page takes too long to be read.',
  broken: 'The page is too large, too deep or too broken to be read.',
};

/**
 * The article of a page as Markdown with absolute links; all of its body when there is no article to be found.
 * @throws Invalid for a page that is too large or too deep to be read; LimitExceeded when too many wait; the reason of the signal.
 */
export const pageToMarkdown = (html: string, url: string, asker: Asker): Promise<Page> =>
  inOwnProcess(READER, { html, url }, asker);
