import type { ModelSpanInput } from '@/lib/contracts/runs';

/** How hard a request looks, from 0 to 100, and what of it made up the points. */
export interface Complexity {
  points: number;
  parts: string;
}

/** What is longer than this looks no harder. */
const READ_CHARACTERS = 20_000;
const CODE = /```|\b(?:function|class|import|SELECT|def|const|public|return)\b[^.\n]*[({;=]|[{};]\s*\n/;
const WORK =
  /\b(?:prove|derive|analy[sz]e|compare|evaluate|plan|design|architect|refactor|debug|optimi[sz]e|step by step|trade-?offs?|why|explain how|root cause|strategy|critique)\b/gi;

/**
 * Points by what can be seen without asking a model (docs/models.md): the length of the last message and of what came
 * before it, code, several questions, words that ask for work, and tools to choose from.
 */
export function complexityOf({ messages, tools }: Pick<ModelSpanInput, 'messages' | 'tools'>): Complexity {
  const asked = messages.findLast(({ role }) => role === 'user');
  const text = asked?.role === 'user' ? asked.content.slice(0, READ_CHARACTERS) : '';
  const questions = text.split('?').length - 1;
  const whole = messages.reduce((sum, message) => sum + (message.role === 'tool' ? 0 : message.content.length), 0);
  const before = whole - text.length;
  const parts: [name: string, points: number][] = [
    ['length', Math.min(25, text.length / 120)],
    ['conversation', Math.min(15, before / 2_000)],
    ['code', CODE.test(text) ? 20 : 0],
    ['questions', Math.min(15, Math.max(0, questions - 1) * 5)],
    ['work', Math.min(24, (text.match(WORK)?.length ?? 0) * 8)],
    ['tools', Math.min(10, tools.length * 2)],
  ];
  const points = Math.min(100, Math.round(parts.reduce((sum, [, value]) => sum + value, 0)));
  const told = parts.filter(([, value]) => value >= 1).map(([name, value]) => `${name} ${Math.round(value)}`);
  return { points, parts: told.join(', ') || 'nothing of note' };
}
