import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type TestPostgres } from '../db/testing/postgres';
import { freePort } from '../e2e/fixtures/server-process';
import { blankSpec } from '../lib/contracts/agents';
import type { OwnerFile } from '../scripts/first-organization';
import type { LoadPlan } from './load-plan';
import { type Group, groupPids, postgresPids, startGroup, startScript } from './processes';

export const TASKS = ['plain', 'tool'] as const;
export const LATENCIES = ['none', 'slow'] as const;
export type Task = (typeof TASKS)[number];
export type Latency = (typeof LATENCIES)[number];
export type Mode = 'wait' | 'stream';
export type Database = 'embedded' | 'postgres';

/** A request that makes a run, without how often. */
export type RunRequest = Pick<LoadPlan, 'url' | 'headers' | 'body' | 'warmPath' | 'mark'>;

/** Something that answers the task. */
export interface System {
  request(task: Task, latency: Latency, mode: Mode): RunRequest;
  stop(): Promise<void>;
}

const modelOf = (task: Task, latency: Latency): string => (latency === 'slow' ? `${task}-slow` : task);
const INPUT = 'What is 17 % of 2,499? Say it in a sentence.';

/** The AI SDK alone, in a plain Node server. */
export async function startBare(modelUrl: string): Promise<System & Group & { url: string }> {
  const group = await startScript('bare-server.ts', modelUrl);
  return {
    ...group,
    request: (task, latency, mode) => ({
      url: group.url,
      body: { input: INPUT, model: modelOf(task, latency), stream: mode === 'stream' },
      warmPath: '/',
      mark: mode === 'stream' ? { first: 'event: text', end: 'event: end' } : { end: '"status":"completed"' },
    }),
  };
}

/** This product as `npm start` starts it, on a database of its own. */
export class Muster implements System {
  private group: Group | undefined;
  private postgres: TestPostgres | undefined;
  private readonly directory = mkdtempSync(join(tmpdir(), 'muster-bench-'));
  private readonly agents = new Map<string, string>();
  url = '';

  private constructor(
    readonly database: Database,
    private readonly env: Record<string, string>,
  ) {}

  /**
   * Starts it with an agent for each task. `through` may put something between server and Postgres: it is given the
   * address and returns another.
   */
  static async start(
    database: Database,
    modelUrl: string,
    through: (url: string) => Promise<string> | string = (url) => url,
  ): Promise<Muster> {
    const env = { LOG_LEVEL: 'warn', DATABASE_URL: '', OPENAI_COMPATIBLE_BASE_URL: `${modelUrl}/v1`, MUSTER_URL: '' };
    const system = new Muster(database, env);
    if (database === 'postgres') {
      system.postgres = await startPostgres({ durable: true });
      await system.postgres.createDatabase('muster');
      env.DATABASE_URL = await through(system.postgres.url('muster'));
    }
    await system.open();
    for (const task of TASKS) {
      for (const latency of LATENCIES) {
        const model = modelOf(task, latency);
        const tools = task === 'tool' ? [{ name: 'calculator' as const }] : [];
        const spec = { ...blankSpec(`openai-compatible/${model}`), instructions: '', tools };
        const agent = await system.api<{ id: string }>('/agents', { name: `Bench ${model}`, spec, publish: true });
        system.agents.set(model, agent.id);
      }
    }
    return system;
  }

  /** Starts the server, on what data there is. */
  async open(): Promise<void> {
    const port = await freePort();
    this.url = `http://127.0.0.1:${port}`;
    const env = { ...this.env, PORT: String(port), MUSTER_DATA_DIR: join(this.directory, 'data') };
    this.group = await startGroup('npm', ['start', '--silent'], env);
  }

  /** Stops the server; the data stays. */
  async close(): Promise<void> {
    await this.group?.stop();
    this.group = undefined;
  }

  async stop(): Promise<void> {
    await this.close();
    await this.postgres?.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  get owner(): OwnerFile {
    return JSON.parse(readFileSync(join(this.dataDir, 'owner.json'), 'utf8'));
  }

  get dataDir(): string {
    return join(this.directory, 'data');
  }

  /** Of the superuser; undefined for the embedded one. */
  get databaseUrl(): string | undefined {
    return this.postgres?.url('muster');
  }

  get headers(): Record<string, string> {
    return { authorization: `Bearer ${this.owner.apiKey}`, 'content-type': 'application/json' };
  }

  agentId(task: Task, latency: Latency): string {
    return this.agents.get(modelOf(task, latency)) ?? '';
  }

  request(task: Task, latency: Latency, mode: Mode): RunRequest {
    return {
      url: `${this.url}/api/v1/agents/${this.agentId(task, latency)}/runs`,
      headers: this.headers,
      body: { input: INPUT, ...(mode === 'stream' ? { stream: true } : {}) },
      warmPath: '/api/health/live',
      mark: mode === 'stream' ? { first: 'event: text', end: 'event: end' } : { end: '"status":"completed"' },
    };
  }

  /** Calls the public API with the owner's key. @throws Error for any answer but a good one. */
  async api<T>(path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: this.headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  /** Everything `npm start` started: npm, its shell, the launcher, the server. */
  pids(): number[] {
    return this.group ? groupPids(this.group.pid) : [];
  }

  databasePids(): number[] {
    return this.databaseUrl ? postgresPids(new URL(this.databaseUrl).port) : [];
  }
}
