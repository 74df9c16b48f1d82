import type { RequestListener } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** A request listener that can be told to take no more, and waited for. */
export function drainable(listener: RequestListener) {
  let underWay = 0;
  let refusing = false;
  let whenEmpty = (): void => {};
  return {
    listener: ((request, response) => {
      if (refusing) {
        response.writeHead(503, {
          connection: 'close',
          'retry-after': '2',
          'content-type': 'application/problem+json',
        });
        const detail = 'This server is stopping. Try again in a few seconds.';
        response.end(JSON.stringify({ type: 'about:blank', title: 'UNAVAILABLE', status: 503, detail }));
        return;
      }
      underWay += 1;
      response.once('close', () => {
        underWay -= 1;
        if (underWay === 0) whenEmpty();
      });
      listener(request, response);
    }) satisfies RequestListener,
    /** Sends whoever asks from now on elsewhere. */
    refuse: (): void => {
      refusing = true;
    },
    /** Ends with the last request under way, or when the time is over. */
    async drained(withinMs: number): Promise<void> {
      if (underWay === 0) return;
      const over = new AbortController();
      const empty = new Promise<void>((done) => {
        whenEmpty = done;
      });
      await Promise.race([empty, pause(withinMs, undefined, { signal: over.signal }).catch(() => {})]);
      over.abort();
    },
  };
}
