import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { signIn } from '../bench/session';
import { startPostgres, type TestPostgres } from '../db/testing/postgres';
import { blankSpec } from '../lib/contracts/agents';
import { CRASH_POINTS, type CrashPoint } from '../server/crash-point';
import { addBudget, faultsOf } from './fixtures/books';
import { type ModelServer, startModelServer } from './fixtures/model-server';
import { type RunEvent, readEvents, textsOf } from './fixtures/run-events';
import { freePort, ServerProcess } from './fixtures/server-process';

/**
 * The server is killed at every point there is and started again; the run ends, nothing finished happens twice, and the
 * books are right. A run here calls a tool, asks a person, and answers: three turns of its model.
 */

/** What is different from a run that nothing happened to. */
interface Row {
  /** The run goes on beside it: it may be killed in the middle of any attempt, which is then seen as interrupted. */
  anywhere?: true;
  /** The turn whose model is asked again, because its answer was lost with the process. */
  askedAgain?: number;
  /** The step whose attempt was lost, and is seen as such. */
  interrupted?: 'model-0' | 'tool-0-0' | 'model-2';
}

const ROWS: Record<CrashPoint, Row> = {
  'model-call.before-effect': { interrupted: 'model-0' },
  'model-call.before-checkpoint': { interrupted: 'model-0', askedAgain: 0 },
  'model-call.after-checkpoint': {},
  'tool-call.before-effect': { interrupted: 'tool-0-0' },
  'tool-call.before-checkpoint': { interrupted: 'tool-0-0' },
  'tool-call.after-checkpoint': {},
  'reserve.before-effect': {},
  // COMMIT is under way behind the statement: it may have arrived or not.
  'reserve.before-checkpoint': { anywhere: true },
  'reserve.after-checkpoint': { interrupted: 'model-0' },
  'settle.before-effect': { interrupted: 'model-0', askedAgain: 0 },
  'settle.before-checkpoint': {},
  'settle.after-checkpoint': {},
  'event-send.before-effect': {},
  'event-send.before-checkpoint': { anywhere: true },
  'event-send.after-checkpoint': { anywhere: true },
  'question-open.before-effect': {},
  'question-open.before-checkpoint': {},
  'question-open.after-checkpoint': {},
  'question-close.before-effect': {},
  'question-close.before-checkpoint': {},
  'question-close.after-checkpoint': {},
  'audit.before-effect': {},
  'audit.before-checkpoint': {},
  'audit.after-checkpoint': { anywhere: true },
  // Whoever watches hears the answer while it is made: it is made again.
  'stream.before-effect': { interrupted: 'model-2', askedAgain: 2 },
  'stream.before-checkpoint': { interrupted: 'model-2', askedAgain: 2 },
  'stream.after-checkpoint': {},
  'step.before-effect': { anywhere: true },
  'step.before-checkpoint': { anywhere: true },
  'step.after-checkpoint': { anywhere: true },
};

const ANSWER = 'All is well.';
const TURNS = [
  { calls: [{ name: 'list_files', arguments: '{}' }] },
  { calls: [{ name: 'ask_human', arguments: '{"question":"Is all well?"}' }] },
  { tokens: ['All ', 'is ', 'well.'], perTokenMs: 300 },
];

interface WireRun {
  status: string;
  output: string | null;
  spans: { seq: number; stepKey: string; status: string; errorCode: string | null }[];
  approvals: { id: string; status: string }[];
}

/** Recorded when it is done: of an attempt before that nothing is seen. */
const INSTANT_CALL = { calls: [{ name: 'calculator', arguments: '{"expression":"6*7"}' }] };
const CASES = [
  ...CRASH_POINTS.map((point) => ({ point, isInstant: false })),
  ...(['tool-call.before-effect', 'tool-call.before-checkpoint'] as const).map((point) => ({ point, isInstant: true })),
];

/** Which turn a request of the model is: one result of a tool for every turn before. */
const turnOf = (body: { input?: { type?: string }[] }): number =>
  body.input?.filter(({ type }) => type === 'function_call_output').length ?? 0;

test('every point has a row', () => {
  expect(Object.keys(ROWS).sort()).toEqual([...CRASH_POINTS].sort());
});

for (const database of ['embedded', 'Postgres'] as const) {
  test.describe(database, () => {
    test.describe.configure({ mode: 'default' });
    let directory: string;
    let postgres: TestPostgres | undefined;
    let model: ModelServer;
    let server: ServerProcess;
    let agentId: string;
    let cookie: string;

    const crashFile = () => join(directory, 'crash');

    test.beforeAll(async () => {
      test.setTimeout(120_000);
      directory = mkdtempSync(join(tmpdir(), 'muster-matrix-'));
      postgres = database === 'Postgres' ? await startPostgres() : undefined;
      model = await startModelServer({
        answer: ({ body }) =>
          turnOf(body) === 0 && JSON.stringify(body).includes('Count first') ? INSTANT_CALL : TURNS[turnOf(body)],
      });
      server = new ServerProcess(directory, await freePort(), {
        DATABASE_URL: postgres?.url() ?? '',
        OPENAI_BASE_URL: `${model.url}/v1`,
        OPENAI_API_KEY: 'any',
        MUSTER_CRASH_FILE: crashFile(),
      });
      await server.start();
      const spec = {
        ...blankSpec('openai/gpt-6-sol'),
        tools: [{ name: 'list_files' }, { name: 'calculator' }, { name: 'ask_human' }],
      };
      agentId = (await server.api<{ id: string }>('/agents', { name: 'Asker', spec, publish: true })).id;
      ({ cookie } = await signIn(server.url, server.owner));
      await server.stop();
      await addBudget(directory, postgres?.url());
      await server.start();
    });

    test.afterAll(async () => {
      await server?.kill();
      await model?.close();
      await postgres?.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    /** Undefined when the server dies before it answers. */
    const ask = (path: string, headers: Record<string, string>, body?: unknown): Promise<unknown> =>
      fetch(`${server.url}/api${path}`, {
        method: body ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${server.owner.apiKey}`, 'content-type': 'application/json', ...headers },
        body: body ? JSON.stringify(body) : null,
      }).then(
        (response) => (response.ok ? response.json() : undefined),
        () => undefined,
      );

    for (const { point, isInstant } of CASES) {
      test(`killed at ${point}${isInstant ? ' of a tool that takes no time' : ''}`, async () => {
        const before = model.requests.length;
        const events: RunEvent[] = [];
        const hasEnded = () => events.some(({ type }) => type === 'end');
        let hasDied = false;
        let id: string | undefined;
        let isWatching = false;

        writeFileSync(crashFile(), point);
        // What whoever uses it does: ask again what was not answered, come back to watch, answer what is asked.
        while (!hasDied || !hasEnded()) {
          if (existsSync(`${crashFile()}.fired`)) {
            await server.ended();
            rmSync(`${crashFile()}.fired`);
            await server.start();
            hasDied = true;
          }
          if (id === undefined) {
            const body = { input: `${isInstant ? 'Count first. ' : ''}Is all well?`, async: true };
            const started = await ask(
              `/v1/agents/${agentId}/runs`,
              { 'idempotency-key': `${point}-${isInstant}` },
              body,
            );
            id = (started as { id: string } | undefined)?.id;
          }
          if (id !== undefined && !hasEnded()) {
            if (!isWatching) {
              isWatching = true;
              readEvents(server, id, events).finally(() => {
                isWatching = false;
              });
            }
            const run = (await ask(`/v1/runs/${id}`, {})) as WireRun | undefined;
            const question = run?.approvals.find(({ status }) => status === 'open');
            const decision = { type: 'answer', answer: 'It is.' };
            const answer = { org: server.owner.organization, approvalId: question?.id, decision };
            if (question) await ask('/trpc/approvals.decide', { cookie }, { json: answer });
          }
          await pause(30);
        }

        const run = await server.api<WireRun>(`/runs/${id}`);
        expect([run.status, run.output]).toEqual(['completed', ANSWER]);
        const { askedAgain, interrupted, anywhere } = isInstant ? {} : ROWS[point];
        const lost = run.spans.filter(({ status }) => status !== 'completed');
        const lostSteps = lost.map(({ stepKey }) => stepKey);
        expect(lost.filter(({ errorCode }) => errorCode !== 'interrupted')).toEqual([]);
        if (anywhere) expect(lost.length).toBeLessThanOrEqual(1);
        else expect(lostSteps).toEqual(interrupted ? [interrupted] : []);
        for (const turn of [0, 1, 2]) {
          const asked = model.requests.slice(before).filter(({ body }) => turnOf(body) === turn).length;
          if (anywhere) expect(asked).toBeLessThanOrEqual(lostSteps.includes(`model-${turn}`) ? 2 : 1);
          else expect(asked, `requests of turn ${turn}`).toBe(turn === askedAgain ? 2 : 1);
        }
        const completed = run.spans.filter(({ status }) => status === 'completed').map(({ stepKey }) => stepKey);
        expect(completed.sort()).toEqual(['model-0', 'model-1', 'model-2', 'tool-0-0', 'tool-1-0']);
        const texts = [...textsOf(events).values()];
        expect(texts.pop()).toBe(ANSWER);
        // Of an attempt that was lost, its beginning was heard.
        expect(texts.filter((text) => !ANSWER.startsWith(text))).toEqual([]);
        expect(texts.length).toBeLessThanOrEqual(askedAgain === 2 || anywhere ? 1 : 0);
        const seen = new Map(events.flatMap(({ data: { span } }) => (span ? [[span.seq, span.status]] : [])));
        expect(seen).toEqual(new Map(run.spans.map(({ seq, status }) => [seq, status])));
      });
    }

    test('the books are right', async () => {
      expect(await server.stop()).toBe(0);
      expect(await faultsOf(directory, postgres?.url())).toEqual([]);
    });
  });
}
