import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Invalid } from '../errors';
import { type Asker, Turns } from '../turns';

export interface Page {
  title: string | null;
  byline: string | null;
  publishedAt: string | null;
  markdown: string;
}

const TIMEOUT_MS = 8_000;
/** Each takes up to as much memory as is given below. */
const LIMITS = {
  atOnce: 2,
  maxWaiting: 100,
  refusal: 'Too many pages of your organization wait to be read at this moment. Try again shortly.',
};
const MEMORY_MB = 256;

// Pages and route handlers have modules of their own in production; one process wants one queue.
const shared = globalThis as typeof globalThis & { musterPages?: Turns };
shared.musterPages ??= new Turns(LIMITS);
const turns = shared.musterPages;

/**
 * The article of a page as Markdown with absolute links; all of its body when there is no article to be found.
 * @throws Invalid for a page that is too large or too deep to be read; LimitExceeded when too many wait; the reason of the signal.
 */
export const pageToMarkdown = (html: string, url: string, asker: Asker): Promise<Page> =>
  turns.take(asker, () => readPage(html, url, asker.signal));

async function readPage(html: string, url: string, signal: AbortSignal): Promise<Page> {
  // Not relative to this file: Next bundles it.
  const worker = new Worker(join(process.cwd(), 'server/tools/page-worker.mjs'), {
    workerData: { html, url },
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  const overdue = AbortSignal.timeout(TIMEOUT_MS);
  const stop = () => void worker.terminate();
  const either = AbortSignal.any([signal, overdue]);
  either.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise<Page>((done, fail) => {
      worker
        .once('message', done)
        .once('error', fail)
        .once('exit', () => fail(new Invalid('The page takes too long to be read.')));
    });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Invalid) throw error;
    throw new Invalid('The page is too large, too deep or too broken to be read.');
  } finally {
    either.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
