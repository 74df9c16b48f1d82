import type { JsonValue } from '@/lib/contracts/json';

/** Between two pieces that are handed on: people do not see more than forty changes a second. */
const GATHER_MS = 25;
/** For each answer under way in this process: where there are a thousand, nobody sees more than ten of one. */
const GATHER_MS_EACH = 0.1;
let underWay = 0;

/**
 * A streamed chat completion in which events that bring nothing but a piece of the answer's text are one, where they come
 * faster than every 25 ms (100 where a thousand answers are under way): a fast model sends a hundred a second, and the SDK takes
 * 20 µs for each. The first comes at once, as do the last and any that come slowly; every other event, and whatever is not
 * understood, goes through as it is.
 */
export function joinedText(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let held = '';
  let handedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let isRead = true;
  return new ReadableStream({
    async start(controller) {
      underWay += 1;
      const hand = (text: string) => {
        if (text && isRead) controller.enqueue(encoder.encode(text));
      };
      /** An event of which the end has not come waits for it. */
      const handWhole = () => {
        timer = undefined;
        const end = held.lastIndexOf('\n\n') + 2;
        if (end < 2) return;
        handedAt = performance.now();
        hand(join(held.slice(0, end)));
        held = held.slice(end);
      };
      const handAll = () => {
        clearTimeout(timer);
        handWhole();
        hand(held + decoder.decode());
      };
      try {
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          held += decoder.decode(value, { stream: true });
          const waits = handedAt + Math.max(GATHER_MS, underWay * GATHER_MS_EACH) - performance.now();
          if (waits <= 0) handWhole();
          else timer ??= setTimeout(handWhole, waits);
        }
        handAll();
        if (isRead) controller.close();
      } catch (error) {
        handAll();
        // An error is faster than what was said before it.
        setTimeout(() => controller.error(error), GATHER_MS);
      } finally {
        underWay -= 1;
      }
    },
    cancel(reason) {
      isRead = false;
      return reader.cancel(reason);
    },
  });
}

function join(whole: string): string {
  const events = whole.split(/(?<=\n\n)/);
  if (events.length === 1) return whole;
  let result = '';
  let first: { event: string; piece: Piece } | undefined;
  let text = '';
  const flush = () => {
    if (!first) return;
    const { event, piece } = first;
    if (text === piece.text) result += event;
    else {
      piece.delta.content = text;
      result += `data: ${JSON.stringify(piece.value)}\n\n`;
    }
    first = undefined;
  };
  for (const event of events) {
    const piece = pieceOf(event);
    if (piece && first) text += piece.text;
    else if (piece) {
      first = { event, piece };
      text = piece.text;
    } else {
      flush();
      result += event;
    }
  }
  flush();
  return result;
}

type Json = Record<string, JsonValue | undefined>;

interface Piece {
  value: Json;
  delta: Json;
  text: string;
}

/** An event that says nothing but how the text goes on. */
function pieceOf(event: string): Piece | undefined {
  // One line of data. What comes in other lines, or in none, is rare.
  if (!event.startsWith('data: {') || event.indexOf('\n') !== event.length - 2) return undefined;
  let value: Json;
  try {
    value = JSON.parse(event.slice(6));
  } catch {
    // The SDK says what is wrong with it.
    return undefined;
  }
  const { choices, usage, error } = value;
  if (!Array.isArray(choices) || choices.length !== 1 || usage || error !== undefined) return undefined;
  const { delta, finish_reason: finish, index, logprobs: _, ...more } = (choices[0] ?? {}) as Json;
  if (!delta || typeof delta !== 'object' || finish || index || Object.keys(more).length > 0) return undefined;
  const { content, role: __, ...others } = delta as Json;
  if (typeof content !== 'string' || Object.values(others).some(Boolean)) return undefined;
  return { value, delta: delta as Json, text: content };
}
