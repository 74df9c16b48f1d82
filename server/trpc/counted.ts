import { metrics } from '../telemetry/metrics';
import { trpc } from './init';

/** Counts calls of procedures by what came of them. How long a subscription lasts is up to whoever listens. */
export const counted = trpc.middleware(async ({ path, type, next }) => {
  const started = performance.now();
  const result = await next();
  metrics().procedures.inc({ procedure: path, outcome: result.ok ? 'OK' : result.error.code });
  if (type !== 'subscription') {
    metrics().procedureSeconds.observe({ procedure: path }, (performance.now() - started) / 1_000);
  }
  return result;
});
