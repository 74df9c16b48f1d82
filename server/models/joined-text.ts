import type { JsonValue } from '@/lib/contracts/json';

/**
 * Makes one event of a streamed chat completion out of those that arrive together and bring nothing but a piece of the
 * answer's text each: a fast model sends dozens of them in a packet, and the SDK takes 20 µs for each. Nothing waits for what
 * has not come yet; every other event, and whatever is not understood, goes through as it is.
 */
export class JoinedText {
  private readonly decoder = new TextDecoder();
  /** The beginning of an event of which the end has not come. */
  private rest = '';

  /** @returns '' when no event is whole yet. */
  push(bytes: Uint8Array): string {
    const text = this.rest + this.decoder.decode(bytes, { stream: true });
    const end = text.lastIndexOf('\n\n') + 2;
    if (end < 2) {
      this.rest = text;
      return '';
    }
    this.rest = text.slice(end);
    return join(text.slice(0, end));
  }

  end(): string {
    return this.rest + this.decoder.decode();
  }
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
