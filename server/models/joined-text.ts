import { StringDecoder } from 'node:string_decoder';
import type { Dispatcher } from 'undici';
import type { JsonValue } from '@/lib/contracts/json';

type Handler = Dispatcher.DispatchHandler;
type Controller = Dispatcher.DispatchController;

/** Between two pieces that are handed on: people do not see more than forty changes a second. */
const GATHER_MS = 25;
/** For each answer under way in this process, up to the most: where there are a thousand, nobody sees more than five of one. */
const GATHER_MS_EACH = 0.2;
const MOST_GATHER_MS = 200;
/** Characters held back at most; an event that is longer goes through in its own pieces. */
const MOST_HELD = 64_000;
let underWay = 0;

/**
 * Hands streams of events on in fewer pieces where they come faster than every 25 ms (200 where a thousand are under way): a fast
 * model sends a hundred a second, and what fetch and the SDK do with each takes 40 µs. The first comes at once, as do the last and
 * any that come slowly. Events of a chat completion that bring nothing but a piece of the answer's text are one then; every other
 * event, and whatever is not understood, goes through as it is.
 */
export const joiningText: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
  dispatch(options, new JoinedText(handler));

export class JoinedText implements Handler {
  /** Of a stream of events that can be read. */
  private decoder: StringDecoder | undefined;
  private held = '';
  /** How much of that is whole events. */
  private whole = 0;
  /** The beginning of what is held belongs to an event that was too long to hold. */
  private isCut = false;
  private handedAt = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly handler: Handler) {}

  onRequestStart: Handler['onRequestStart'] = (...args) => this.handler.onRequestStart?.(...args);
  onRequestUpgrade: Handler['onRequestUpgrade'] = (...args) => this.handler.onRequestUpgrade?.(...args);
  onResponseStarted: Handler['onResponseStarted'] = () => this.handler.onResponseStarted?.();

  onResponseStart(...args: Parameters<NonNullable<Handler['onResponseStart']>>): void {
    const [, status, headers] = args;
    const isEvents = String(headers['content-type']).startsWith('text/event-stream');
    if (status === 200 && isEvents && !headers['content-encoding']) {
      this.decoder = new StringDecoder('utf8');
      underWay += 1;
    }
    this.handler.onResponseStart?.(...args);
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (!this.decoder) {
      this.handler.onResponseData?.(controller, chunk);
      return;
    }
    this.hold(this.decoder.write(chunk));
    const gatherMs = Math.min(MOST_GATHER_MS, Math.max(GATHER_MS, underWay * GATHER_MS_EACH));
    const waits = this.handedAt + gatherMs - performance.now();
    if (this.held.length > MOST_HELD) this.handHeld(controller);
    else if (waits <= 0) this.handWhole(controller);
    else this.timer ??= setTimeout(() => this.handInTime(controller), waits);
  }

  onResponseEnd(...args: Parameters<NonNullable<Handler['onResponseEnd']>>): void {
    this.handAll(args[0]);
    this.handler.onResponseEnd?.(...args);
  }

  onResponseError(controller: Controller, error: Error): void {
    const isHanded = this.handAll(controller);
    const tell = () => this.handler.onResponseError?.(controller, error);
    // An error is faster than what was said before it.
    if (isHanded && !controller.aborted) setTimeout(tell, GATHER_MS);
    else tell();
  }

  private hold(text: string): void {
    // An end of lines may be cut in two.
    const from = Math.max(this.whole, this.held.length - 3);
    const end = endOfEvents(this.held.slice(from) + text);
    if (end > 0) this.whole = from + end;
    this.held += text;
  }

  private hand(controller: Controller, text: string): void {
    if (text && !controller.aborted) this.handler.onResponseData?.(controller, Buffer.from(text));
  }

  /** An event of which the end has not come waits for it. */
  private handWhole(controller: Controller): void {
    if (this.whole === 0) return;
    this.handedAt = performance.now();
    const events = this.held.slice(0, this.whole);
    this.held = this.held.slice(this.whole);
    this.whole = 0;
    this.hand(controller, this.isCut ? events : join(events));
    this.isCut = false;
  }

  private handHeld(controller: Controller): void {
    this.handWhole(controller);
    if (this.held.length <= MOST_HELD) return;
    this.hand(controller, this.held);
    this.held = '';
    this.isCut = true;
  }

  /** Outside of what asks for the answer: nobody else would take an error. */
  private handInTime(controller: Controller): void {
    this.timer = undefined;
    try {
      this.handWhole(controller);
    } catch (error) {
      controller.abort(error as Error);
    }
  }

  /** @returns whether it was a stream of events. */
  private handAll(controller: Controller): boolean {
    if (!this.decoder) return false;
    clearTimeout(this.timer);
    this.handWhole(controller);
    this.hand(controller, this.held + this.decoder.end());
    this.decoder = undefined;
    underWay -= 1;
    return true;
  }
}

/** Lines end with CRLF, LF or CR, and may mix them. */
const EMPTY_LINE = /(?:\r\n|\n|\r(?!\n)){2}/g;

/** Where the last whole event ends; 0 where none does. */
function endOfEvents(text: string): number {
  if (!text.includes('\r')) {
    const at = text.lastIndexOf('\n\n');
    return at < 0 ? 0 : at + 2;
  }
  let end = 0;
  for (const { index, 0: line } of text.matchAll(EMPTY_LINE)) end = index + line.length;
  return end;
}

function endOfEvent(text: string, from: number): number {
  const at = text.indexOf('\n\n', from);
  return at < 0 ? text.length : at + 2;
}

function join(whole: string): string {
  const lengthOfFirst = endOfEvent(whole, 0);
  if (lengthOfFirst === whole.length) return whole;
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
  for (let from = 0, end = lengthOfFirst; from < whole.length; from = end, end = endOfEvent(whole, from)) {
    const alike = first && textAsIn(first.piece, whole, from, end);
    if (alike !== undefined) {
      text += alike;
      continue;
    }
    const event = whole.slice(from, end);
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
  /** What stands before and behind its text, where that is plain to see. */
  around: [string, string] | undefined;
}

const CONTENT = '"content":"';

/**
 * The text of the event from `from` to `end`, where it differs from another in nothing else: most of an answer do, and to
 * parse them is most of the work.
 */
function textAsIn({ around }: Piece, whole: string, from: number, end: number): string | undefined {
  if (!around) return undefined;
  const [before, behind] = around;
  const isAlike = whole.startsWith(before, from) && whole.endsWith(behind, end);
  if (!isAlike || end - from < before.length + behind.length) return undefined;
  const text = whole.slice(from + before.length, end - behind.length);
  return text.includes('"') || text.includes('\\') ? undefined : text;
}

/** Nothing when the text is written with escapes, or when another member has its name. */
function aroundText(event: string, text: string): Piece['around'] {
  const at = event.indexOf(CONTENT);
  if (at < 0 || event.indexOf(CONTENT, at + 1) >= 0) return undefined;
  const from = at + CONTENT.length;
  const end = from + text.length;
  return event.slice(from, end) === text && event[end] === '"' ? [event.slice(0, from), event.slice(end)] : undefined;
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
  return { value, delta: delta as Json, text: content, around: aroundText(event, content) };
}
