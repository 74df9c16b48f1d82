import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { boundedLabel } from './labels';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const LONG_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800, 7200];

// Of what prom-client brings these are gauges that call themselves totals, beside gauges that say the same by type.
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/**
 * Everything that is counted in this process; what is read from the database at each scrape is in `scrape.ts`. Labels
 * have few values: patterns and codes, never ids, names of people or organizations.
 */
function makeMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Counter({ name: `muster_${name}`, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Gauge({ name: `muster_${name}`, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, buckets: number[], ...labelNames: L[]) =>
    new Histogram({ name: `muster_${name}`, help, buckets, labelNames, registers });
  return {
    registry,
    modelLabel: boundedLabel(),
    toolLabel: boundedLabel(),
    httpRequests: counter('http_requests_total', 'HTTP requests answered', 'method', 'route', 'status'),
    httpSeconds: histogram(
      'http_request_duration_seconds',
      'From request to the end of its answer, streams left out',
      SECONDS,
      'method',
      'route',
    ),
    procedures: counter('trpc_calls_total', 'tRPC procedures called', 'procedure', 'outcome'),
    procedureSeconds: histogram(
      'trpc_call_duration_seconds',
      'Duration of tRPC queries and mutations',
      SECONDS,
      'procedure',
    ),
    runsStarted: counter('runs_started_total', 'Runs recorded', 'trigger'),
    runsEnded: counter('runs_ended_total', 'Runs that came to their end', 'status'),
    runSeconds: histogram('run_duration_seconds', 'From recording a run to its end', LONG_SECONDS, 'status'),
    modelCalls: counter('model_calls_total', 'Calls of models, each attempt', 'provider', 'model', 'outcome'),
    modelSeconds: histogram(
      'model_call_duration_seconds',
      'Duration of calls of models',
      LONG_SECONDS,
      'provider',
      'model',
    ),
    firstTokenSeconds: histogram(
      'model_first_token_seconds',
      'From the call of a model to the first piece of its answer',
      SECONDS,
      'provider',
      'model',
    ),
    modelTokens: counter('model_tokens_total', 'Tokens; cached ones are input too', 'provider', 'model', 'type'),
    modelDollars: counter('model_cost_dollars_total', 'What calls of models cost', 'provider', 'model'),
    toolCalls: counter('tool_calls_total', 'Calls of tools', 'tool', 'outcome'),
    toolSeconds: histogram('tool_call_duration_seconds', 'Duration of calls of tools', LONG_SECONDS, 'tool'),
    budgetRefusals: counter('budget_refusals_total', 'Reservations that a budget refused', 'scope'),
    ledgerDifferences: counter('ledger_differences_total', 'Differences that the check of the ledger found', 'kind'),
    watchers: gauge('run_watchers', 'Live streams of runs open in this process'),
    runnerJobs: gauge('runner_jobs', 'Jobs of the embedded runner, of all processes', 'state'),
    runnerOldestSeconds: gauge('runner_oldest_job_seconds', 'How long the oldest job of the queue has been due'),
    databaseUp: gauge('database_up', '1 when the database answers'),
    databaseConnections: gauge('database_connections', 'Connections of all processes to the database', 'state'),
    databasePoolSize: gauge('database_pool_size', 'Connections this process may open'),
  };
}

type Metrics = ReturnType<typeof makeMetrics>;

// Next bundles routes, pages and the start script apart; they count in one registry.
const shared = globalThis as typeof globalThis & { musterMetrics?: Metrics };

export function metrics(): Metrics {
  shared.musterMetrics ??= makeMetrics();
  return shared.musterMetrics;
}
