import type { VisitorEvent } from '@/lib/contracts/public-links';
import type { RunEvent } from '@/lib/contracts/runs';
import { NotFound } from '../errors';
import { answerOf, openPage, requireOwnRun, type Visit } from '../public-links/service';
import { watchRun } from '../runs/watch';
import { eventStream } from './run-stream';

/** So often it is looked whether the link is still open while its agent speaks. */
const LOOK_AGAIN_MS = 1_000;

/** An answer of a visitor's own while it is given. @throws NotFound */
export async function visitorStream(visit: Visit, runId: string, request: Request): Promise<Response> {
  const ctx = await requireOwnRun(visit, runId);
  async function* watch(lastEventId: string | undefined, signal: AbortSignal) {
    let lookedAt = Date.now();
    for await (const { id, event } of watchRun(ctx, { runId, lastEventId }, signal)) {
      const told = forVisitor(event);
      if (!told) continue;
      if (Date.now() - lookedAt > LOOK_AGAIN_MS) {
        if (!(await isOpen(visit))) return;
        lookedAt = Date.now();
      }
      yield { id, event: told };
    }
  }
  return eventStream(watch, request, { log: ctx.log.child({ run: runId }) });
}

const isOpen = (visit: Visit): Promise<boolean> =>
  openPage(visit.token, visit.request).then(
    () => true,
    (error) => {
      if (error instanceof NotFound) return false;
      throw error;
    },
  );

/** What the agent says and how far it is; of its steps, tools and money nothing. */
function forVisitor(event: RunEvent): VisitorEvent | undefined {
  if (event.type === 'run') return { type: 'state', ...answerOf({ ...event.run, output: event.output }) };
  return event.type === 'text' || event.type === 'end' ? event : undefined;
}
