import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Invalid } from '../errors';

export interface Page {
  title: string | null;
  byline: string | null;
  publishedAt: string | null;
  markdown: string;
}

const TIMEOUT_MS = 8_000;

/**
 * The article of a page as Markdown with absolute links; all of its body when there is no article to be found.
 * @throws Invalid for a page that is too large or too deep to be read; the reason of `signal`.
 */
export async function pageToMarkdown(html: string, url: string, signal: AbortSignal): Promise<Page> {
  // Not relative to this file: Next bundles it.
  const worker = new Worker(join(process.cwd(), 'server/tools/page-worker.mjs'), {
    workerData: { html, url },
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 256 },
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
