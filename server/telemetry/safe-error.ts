import { z } from 'zod';
import { DomainError } from '../errors';

/** An error as the log may have it. */
export interface SafeError {
  type: string;
  message: string;
  code?: string;
  status?: number;
  stack?: string;
  cause?: SafeError;
}

const DEEPEST = 4;

/**
 * What went wrong and where, without what it went wrong with: drizzle's errors carry the parameters of their statement,
 * those of the AI SDK the whole request, others quote what they could not read. Only known fields are kept.
 */
export function safeError(error: unknown, depth = 0): SafeError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'Something was thrown that is no error.' };
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  return {
    type: error.name,
    message: safeMessage(error),
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof statusCode === 'number' ? { status: statusCode } : {}),
    stack: frames(error),
    ...(error.cause !== undefined && depth < DEEPEST ? { cause: safeError(error.cause, depth + 1) } : {}),
  };
}

function safeMessage(error: Error): string {
  const { message } = error;
  if (error instanceof DomainError) return message;
  if (error instanceof z.ZodError) return error.issues.map(({ path, code }) => `${path.join('.')}: ${code}`).join(', ');
  // Their messages contain what a provider answered, or what it was asked.
  if (error.name.startsWith('AI_')) return '';
  if ('query' in error && 'params' in error) return `Failed query: ${error.query}`;
  const [line = ''] = message.split('\n');
  return line.replace(/(["'`]).*\1/, '…').slice(0, 300);
}

/** The stack without its head, which repeats the message. */
const frames = ({ stack = '' }: Error): string =>
  stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
