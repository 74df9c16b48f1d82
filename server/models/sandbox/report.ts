import type { Exchange } from './context';

type Result = Exchange['results'][number];

/** An answer in Markdown from what tools said: one sentence, or a list when there are several. */
export function report(results: Result[]): string {
  const lines = results.map(describe);
  const [only] = lines;
  if (only !== undefined && lines.length === 1) return only;
  return lines.map((line) => `- ${line.replaceAll('\n', '\n  ')}`).join('\n');
}

function describe({ tool, input, output, isError }: Result): string {
  if (isError) return `\`${tool}\` failed: ${plain(field(output, 'error') ?? output)}`;
  const get = (name: string) => plain(field(output, name));
  switch (tool) {
    case 'calculator':
      return `${plain(field(input, 'expression')) || get('expression')} = **${grouped(get('result'))}**`;
    case 'current_time':
      return `In ${placeOf(get('timeZone'))} it is **${get('weekday')}, ${get('date')}, ${get('time')}** (UTC${get('utcOffset')}).`;
    case 'code_interpreter': {
      const result = field(output, 'result');
      return typeof result === 'object' ? says(tool, output) : `The program returned **${plain(result)}**.`;
    }
    case 'http_request':
      return `${get('url')} answered **${get('status')}**${excerpt(get('body'), get('contentType'))}`;
    case 'ask_human':
      return `To “${plain(field(input, 'question'))}” the answer is: **${typeof output === 'string' ? output : get('answer') || plain(output)}**`;
    default:
      return says(tool, output);
  }
}

const says = (tool: string, output: unknown): string => `\`${tool}\` says:\n\n${fenced(plain(output), 'json')}`;

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

const plain = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);

const placeOf = (zone: string): string =>
  zone === 'UTC' ? 'UTC' : (zone.split('/').at(-1)?.replaceAll('_', ' ') ?? zone);

const grouped = (number: string): string =>
  number.replace(/^(-?)(\d{5,})/, (_, sign, digits) => `${sign}${digits.replace(/\B(?=(\d{3})+$)/g, ',')}`);

function excerpt(whole: string, contentType: string): string {
  // Patterns take a time that grows with the square of what they read.
  const body = whole.slice(0, 8_000);
  if (!body.trim()) return ' with nothing in it.';
  if (/html/i.test(contentType)) {
    const title = /<title[^>]*>([^<]*)<\/title>/i.exec(body)?.[1]?.trim();
    const text = body
      .replace(/<(script|style|head)\b[\s\S]*?<\/\1\s*>/gi, ' ')
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
    return `${title ? `: *${title}*` : ''}\n\n> ${text.slice(0, 500)}${text.length > 500 ? '…' : ''}`;
  }
  return `:\n\n${fenced(body, /json/i.test(contentType) ? 'json' : '')}`;
}

const fenced = (text: string, language: string): string =>
  `\`\`\`${language}\n${text.slice(0, 800).replaceAll('```', "'''")}${text.length > 800 ? '\n…' : ''}\n\`\`\``;
