import type { Logger } from '../log';

type Say = (...said: unknown[]) => void;

/**
 * Takes what a library says, in whatever order: its first text is the message, its first error the error. The rest stays
 * untold, for libraries attach whatever they were working on. What is an error to them is a warning here: ours says it too.
 */
export function libraryLog(log: Logger): Record<'debug' | 'info' | 'warn' | 'error', Say> {
  const to =
    (level: 'debug' | 'warn'): Say =>
    (...said) => {
      const parts = said.flatMap((one) => (isPlain(one) ? Object.values(one) : [one]));
      const err = parts.find((part) => part instanceof Error);
      const message = said.find((one) => typeof one === 'string') ?? '';
      log[level](err ? { err } : {}, message.slice(0, 200));
    };
  return { debug: to('debug'), info: to('debug'), warn: to('warn'), error: to('warn') };
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof Error);
