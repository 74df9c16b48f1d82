import type { TaintRule } from '@/lib/contracts/guardrails';
import type { JsonValue } from '@/lib/contracts/json';
import type { Tool } from '../tools/tool';

/** How a call goes on once the run has read untrusted text. */
export type TaintWay = 'free' | 'ask' | 'deny';

/** What a run was told before a call of a tool. */
export interface Told {
  /** By whom it works for: what it was asked, and its instructions. */
  trusted(): readonly string[];
  /** By tools. */
  read(): readonly string[];
}

/**
 * What untrusted text in the run means for a call: tools that send data out or change something are not for it to use.
 * Free are hosts of the agent's list, and an address that was written out in full by whoever is trusted, as long as
 * nothing but the address is sent: nobody can have put a secret into it.
 */
export function taintWay(
  tool: Tool,
  input: JsonValue,
  { mode, hosts, tools, openLinks }: TaintRule,
  told: Told,
): TaintWay {
  if (tool.human || tool.effect === 'none' || mode === 'off' || tools.includes(tool.name)) return 'free';
  const target = tool.target?.(input as never);
  const url = target && URL.parse(target.url);
  if (url && hosts.some((host) => isWithin(url.hostname, host))) return 'free';
  const known = target?.isBare ? [...told.trusted(), ...(openLinks ? told.read() : [])] : [];
  if (target && known.some((text) => names(text, target.url))) return 'free';
  return mode;
}

const isWithin = (hostname: string, host: string): boolean =>
  host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host;

/** Whether a text has this address, and not only the beginning of a longer one or the end of another. */
function names(text: string, address: string): boolean {
  for (let at = text.indexOf(address); at !== -1; at = text.indexOf(address, at + 1)) {
    const [before = ' ', after = ' '] = [text[at - 1], text[at + address.length]];
    const isEnd =
      /[\s)\]}>"'`,;!]/.test(after) || (/[.?:]/.test(after) && /^$|\s/.test(text[at + address.length + 1] ?? ''));
    if (/[\s([{<"'`,;:]/.test(before) && isEnd) return true;
  }
  return false;
}
