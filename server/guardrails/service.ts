import type { AgentSpec } from '@/lib/contracts/agents';
import type { Guard, GuardFinding, TriedGuards, TryGuardsInput } from '@/lib/contracts/guardrails';
import { type OrgContext, requirePermission } from '../context';
import { runProgram } from '../sandbox/run-program';
import type { Asker } from '../turns';
import { type Checked, checkText, checkTexts } from './check';

export type { Checked } from './check';
export { type TaintWay, taintWay } from './taint';

type Scorer = Extract<Guard, { type: 'scorer' }>;
const SCORER_TIMEOUT_MS = 2_000;
const scorersOf = (guards: readonly Guard[]): Scorer[] => guards.filter((guard) => guard.type === 'scorer');

/** What a run is asked, after all guards but the scorers: before anything is stored. */
export function checkInput(
  { guardrails }: AgentSpec,
  input: string,
  variables: Record<string, string>,
): Checked & { variables: Record<string, string> } {
  const guards = guardrails.input;
  if (guards.length === 0) return { text: input, variables, findings: [] };
  const [checked, ...others] = checkTexts(guards, [
    { text: input, whole: true },
    ...Object.values(variables).map((text) => ({ text, whole: false })),
  ]) as [Checked, ...Checked[]];
  const findings = [...checked.findings];
  let { blocked } = checked;
  const clean = Object.keys(variables).map((name, at) => {
    const one = others[at] as Checked;
    findings.push(...one.findings.map((finding) => ({ ...finding, detail: `${finding.detail} in ${name}` })));
    blocked ??= one.blocked && `${one.blocked} in ${name}`;
    return [name, one.text];
  });
  return { text: checked.text, variables: Object.fromEntries(clean), findings, blocked };
}

/** The scorers on what a run is asked. @returns undefined when it may go on. */
export const scoreInput = ({ guardrails }: AgentSpec, input: string, asker: Asker) =>
  score(scorersOf(guardrails.input), input, asker);

/** Why a run ends that a guard blocks. */
export const blockedBy = (what: 'input' | 'answer', detail: string) => ({
  code: 'guardrail_blocked' as const,
  message:
    what === 'input'
      ? `A guardrail of the agent blocked this request: ${detail}. Change it and ask again.`
      : `A guardrail of the agent blocked its answer: ${detail}.`,
});

/** True when what the model says is shown only when the guards have passed it. */
export const holdsBackOutput = ({ guardrails }: AgentSpec): boolean => guardrails.output.length > 0;

/** What the model said, after all guards. What it says beside the calls of tools is no answer: it is cleaned, not judged. */
export async function checkOutput(
  { guardrails }: AgentSpec,
  text: string,
  { isAnswer, ...asker }: { isAnswer: boolean } & Asker,
): Promise<Checked> {
  if (guardrails.output.length === 0) return { text, findings: [] };
  return isAnswer ? checkWhole(guardrails.output, text, asker) : checkText(guardrails.output, text, { whole: false });
}

/** Checks a text with guards that are still being written, for whoever writes them. Nothing of it is kept. */
export async function tryGuards(
  ctx: OrgContext,
  { guards, text }: TryGuardsInput,
  signal: AbortSignal = new AbortController().signal,
): Promise<TriedGuards> {
  requirePermission(ctx, 'agents:write');
  const { blocked = null, ...checked } = await checkWhole(guards, text, { orgId: ctx.org.id, signal });
  return { ...checked, blocked };
}

/** All guards; the scorers, which cost a process each, last. */
async function checkWhole(guards: readonly Guard[], text: string, asker: Asker): Promise<Checked> {
  const checked = checkText(guards, text);
  if (checked.blocked) return checked;
  const refused = await score(scorersOf(guards), checked.text, asker);
  if (!refused) return checked;
  return { ...checked, findings: [...checked.findings, refused], blocked: refused.detail };
}

/** The first scorer that gives less than it must. A scorer that fails blocks: nobody knows what it would have said. */
async function score(scorers: readonly Scorer[], text: string, asker: Asker): Promise<GuardFinding | undefined> {
  for (const { name, code, least } of scorers) {
    const blocked = (detail: string): GuardFinding => ({
      guard: name,
      action: 'blocked',
      detail: `${name}: ${detail}`,
    });
    const end = await runProgram({ code, input: text, timeoutMs: SCORER_TIMEOUT_MS }, asker);
    if (!end.ok) return blocked(`the scorer failed. ${end.message}`.slice(0, 500));
    if (typeof end.value !== 'number' || !(end.value >= 0 && end.value <= 1)) {
      return blocked(`the scorer returned ${JSON.stringify(end.value).slice(0, 100)}, no number from 0 to 1`);
    }
    if (end.value < least) return blocked(`scored ${end.value.toFixed(2)}, at least ${least} is needed`);
  }
  return undefined;
}
