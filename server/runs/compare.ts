import type { ComparedStep, CompareRunsInput, RunComparison } from '@/lib/contracts/repair';
import type { Span } from '@/lib/contracts/runs';
import { type OrgContext, requirePermission, type TenantContext, withTenant } from '../context';
import * as queries from './queries';
import * as summaries from './summaries';
import { placeOf } from './takeover';

type FoundSpan = Span & { inputHash: string; outputHash: string };

/** Two runs step by step, aligned by the keys of the steps; each as its last attempt left it. @throws NotFound */
export async function compareRuns(ctx: OrgContext, { a, b }: CompareRunsInput): Promise<RunComparison> {
  requirePermission(ctx, 'runs:read');
  return withTenant(ctx, async (tx) => {
    const one = await readRun(tx, a);
    const other = await readRun(tx, b);
    const keys = [...new Set([...one.steps.keys(), ...other.steps.keys()])].sort(byPlace);
    const steps = keys.map((stepKey) => compareStep(stepKey, one.steps.get(stepKey), other.steps.get(stepKey)));
    return { a: one.run, b: other.run, steps };
  });
}

async function readRun(tx: TenantContext, runId: string) {
  const result = await summaries.getRunResult(tx, runId);
  const { input } = await queries.getRunPayload(tx, runId);
  const spans = await queries.selectHashedSpans(tx, runId);
  return { run: { ...result, input }, steps: new Map(spans.map((span) => [span.stepKey, span])) };
}

function compareStep(stepKey: string, a: FoundSpan | undefined, b: FoundSpan | undefined): ComparedStep {
  const same = a && b && a.name === b.name && a.inputHash === b.inputHash && a.outputHash === b.outputHash;
  const change = !a ? 'added' : !b ? 'missing' : same ? 'same' : 'changed';
  return { stepKey, change, a: withoutHashes(a), b: withoutHashes(b) };
}

function withoutHashes(span: FoundSpan | undefined): Span | null {
  if (!span) return null;
  const { inputHash: _input, outputHash: _output, ...rest } = span;
  return rest;
}

/** Turn by turn, the model's answer before the calls it made. */
function byPlace(a: string, b: string): number {
  const [one, other] = [placeOf(a), placeOf(b)];
  if (!one || !other) return one ? -1 : other ? 1 : a.localeCompare(b);
  return one.turn - other.turn || (one.index ?? -1) - (other.index ?? -1);
}
