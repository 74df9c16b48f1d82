import type { LanguageModelV4StreamPart, LanguageModelV4ToolCall } from '@ai-sdk/provider';
import type { TranscriptMessage } from '@/lib/contracts/runs';
import { toStorableText } from '@/lib/contracts/text';
import { Upstream } from '../errors';
import { toStorableJson } from '../tools/storable-json';

type Finish = Extract<LanguageModelV4StreamPart, { type: 'finish' }>;

/** More text than any model writes in one answer. */
const MAX_CHARACTERS = 4_000_000;

/** Puts together what a stream brings, piece by piece. */
export class AnswerBuilder {
  private content = '';
  private reasoning = '';
  private inPieces = 0;
  private readonly calls: LanguageModelV4ToolCall[] = [];
  private readonly text = new StorableStream();
  private readonly thoughts = new StorableStream();
  finish: Finish | undefined;
  /** Characters the model wrote, of every kind. */
  characters = 0;

  /** Takes a part of the stream. @returns text to show, '' for none. */
  add(part: LanguageModelV4StreamPart): string {
    switch (part.type) {
      case 'text-delta':
        return this.addText(this.text.push(part.delta));
      case 'reasoning-delta':
        this.reasoning += this.thoughts.push(part.delta);
        this.count(part.delta.length);
        return '';
      case 'tool-call':
        this.calls.push(part);
        this.countCall(part);
        return '';
      case 'tool-input-delta':
        this.inPieces += part.delta.length;
        this.count(part.delta.length);
        return '';
      case 'finish':
        this.finish = part;
        return this.addText(this.text.end());
      default:
        return '';
    }
  }

  /** @throws Upstream `provider_broken_answer` when the parts make no whole answer. */
  message(): Extract<TranscriptMessage, { role: 'assistant' }> {
    const cut = this.finish?.finishReason.unified === 'length';
    const ids = new Set<string>();
    const toolCalls = this.calls.map(({ toolCallId, toolName, input }) => {
      if (!toolCallId || ids.has(toolCallId))
        throw broken(`two calls of tools share the id ${JSON.stringify(toolCallId)}`);
      ids.add(toolCallId);
      return {
        id: toStorableText(toolCallId),
        name: toStorableText(toolName),
        input: argumentsOf(toolName, input, cut),
      };
    });
    if (this.finish?.finishReason.unified === 'tool-calls' && toolCalls.length === 0) {
      throw broken('it says it calls tools, and names none');
    }
    const reasoning = this.reasoning + this.thoughts.end();
    return { role: 'assistant', content: this.content, toolCalls, ...(reasoning && { reasoning }) };
  }

  private addText(delta: string): string {
    this.content += delta;
    this.count(delta.length);
    return delta;
  }

  /** Arguments that came in pieces were counted then: a call that is cut is paid for too. */
  private countCall({ input, toolName }: LanguageModelV4ToolCall): void {
    const counted = Math.min(this.inPieces, input.length);
    this.inPieces -= counted;
    this.count(toolName.length + input.length - counted);
  }

  private count(characters: number): void {
    this.characters += characters;
    if (this.characters > MAX_CHARACTERS) throw broken('it does not end');
  }
}

function argumentsOf(tool: string, input: string, cut: boolean) {
  try {
    // A tool without arguments is often called with none at all.
    return toStorableJson(input.trim() === '' ? {} : JSON.parse(input));
  } catch {
    if (cut) throw broken('it was cut at maxOutputTokens in the middle of a tool call. Raise that limit', false);
    throw broken(`the arguments for ${JSON.stringify(tool.slice(0, 60))} are not JSON`);
  }
}

const broken = (what: string, retriable = true) =>
  new Upstream(`The model's answer cannot be used: ${what}.`, { reason: 'provider_broken_answer', retriable });

/** Text in pieces, made storable: half of a surrogate pair waits for its other half in the next piece. */
class StorableStream {
  private held = '';

  push(delta: string): string {
    const whole = this.held + delta;
    const last = whole.charCodeAt(whole.length - 1);
    const isHalf = last >= 0xd800 && last <= 0xdbff;
    this.held = isHalf ? whole.slice(-1) : '';
    return toStorableText(isHalf ? whole.slice(0, -1) : whole);
  }

  end(): string {
    const rest = toStorableText(this.held);
    this.held = '';
    return rest;
  }
}
