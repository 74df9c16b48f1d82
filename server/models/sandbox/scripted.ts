import { setTimeout as sleep } from 'node:timers/promises';
import { APICallError } from '@ai-sdk/provider';
import { readContext } from './context';
import { type Answer, readScript } from './script';
import { type Plan, sandboxModel } from './stream';

const MAX_TEXT = 2_000_000;

/**
 * `sandbox/scripted`: answers as a script says that stands in the last message of the person, or else in the
 * instructions (see `readScript`). The n-th call since that message plays turn n; when the script is over it says so.
 * Retries of a call play the attempts of its turn. Without a script it repeats what it was asked.
 */
export const scripted = sandboxModel('scripted', async (options): Promise<Plan> => {
  const { exchanges, instructions, attempt } = readContext(options);
  const { question = '', turns = 0 } = exchanges.at(-1) ?? {};
  const script = readScript(question) ?? readScript(instructions);
  if (script === undefined) return { text: question };
  if (typeof script === 'string') throw failure({ status: 400, message: `The script cannot be read. ${script}` });
  const turn = script.turns[turns];
  if (!turn) return { text: 'The script is over.' };
  const answer = Array.isArray(turn) ? turn[Math.min(attempt, turn.length - 1)] : turn;
  if (!answer) return { text: '' };
  if (answer.error) {
    if (answer.delayMs) await sleep(answer.delayMs, undefined, { signal: options.abortSignal });
    throw failure(answer.error);
  }
  if (answer.text.length * answer.repeat > MAX_TEXT) {
    throw failure({ status: 400, message: `The text is longer than ${MAX_TEXT} characters.` });
  }
  return { ...answer, text: answer.text.repeat(answer.repeat) };
});

/** Fails the way a vendor's client does. */
function failure({ status, message, retryAfter }: NonNullable<Answer['error']>): APICallError {
  return new APICallError({
    message,
    url: 'sandbox:scripted',
    requestBodyValues: {},
    statusCode: status,
    responseHeaders: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
  });
}
