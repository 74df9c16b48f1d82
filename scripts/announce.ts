import type { Logger } from '@/server/log';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Tells the Inngest server of our functions, again and again until it hears: it may start after us.
 * @returns what ends the attempts.
 */
export function announceFunctions(port: number, log: Logger): () => void {
  let timer: NodeJS.Timeout | undefined;
  const announce = async (pauseMs: number): Promise<void> => {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/api/inngest`, { method: 'PUT' });
      if (answer.ok) return;
      log.warn({ status: answer.status }, 'The Inngest server has not taken our functions; trying again');
    } catch (error) {
      log.warn({ err: error }, 'Our functions could not be announced; trying again');
    }
    timer = setTimeout(() => void announce(Math.min(2 * pauseMs, LONGEST_PAUSE_MS)), pauseMs);
  };
  timer = setTimeout(() => void announce(FIRST_PAUSE_MS), 0);
  return () => clearTimeout(timer);
}
