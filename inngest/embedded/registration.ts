import { z } from 'zod';
import { canonicalJson, type Json } from './canonical';
import { changedLimits } from './flow';
import type { StoredFunctionConfig } from './function-config';
import { nextTick, type RegisteredFunction, readFunction } from './functions';
import type { Log } from './log';
import { Name } from './storable';
import type { Store } from './store';
import type { Transport } from './transport';
import type { Registry } from './triggers';

const RegistrationBody = z.object({ app_id: Name, functions: z.array(z.unknown()) });

export class RegistrationError extends Error {
  override name = 'RegistrationError';
}

/**
 * Asks the serve endpoint for its functions: PUT, in band (the SDK's `inBandRegisterBody`).
 * @throws RegistrationError when the endpoint does not answer as the SDK does, UnsupportedFunctionError for a function
 * that asks for what this runner does not have.
 */
export async function fetchFunctions(to: { serveUrl: URL; transport: Transport }) {
  const body = canonicalJson({ url: to.serveUrl.href });
  const answer = await to.transport({
    method: 'PUT',
    url: to.serveUrl,
    body,
    headers: {
      'content-type': 'application/json',
      host: to.serveUrl.host,
      'x-inngest-sync-kind': 'in_band',
    },
  });
  const text = answer.body;
  if (answer.status !== 200) {
    throw new RegistrationError(
      `The serve endpoint answered the registration with ${answer.status}: ${text.slice(0, 300)}`,
    );
  }
  return readRegistration(parseAnswer(text));
}

function parseAnswer(text: string): Json {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RegistrationError('The serve endpoint answered the registration without JSON', { cause: error });
  }
}

export interface Registration {
  appId: string;
  functions: RegisteredFunction[];
  configs: Json[];
}

/** Reads `{app_id, functions}` of an in-band answer, or `{appName, functions}` of `POST /fn/register`. */
export function readRegistration(body: Json): Registration {
  const named = z.object({ appName: z.string() }).safeParse(body);
  const parsed = RegistrationBody.safeParse(named.success ? { ...Object(body), app_id: named.data.appName } : body);
  if (!parsed.success) throw new RegistrationError(`The registration is not valid:\n${z.prettifyError(parsed.error)}`);
  const appId = parsed.data.app_id;
  const configs = parsed.data.functions as Json[];
  const functions = configs.map((config) => readFunction(appId, config));
  const ids = functions.map(({ id }) => id);
  const twice = ids.find((id, n) => ids.indexOf(id) < n);
  if (twice) throw new RegistrationError(`Two functions have the id ${twice}: give one of them another`);
  return { appId, configs, functions };
}

/**
 * Stores a registration, so that other processes and the next start know it, and schedules its cron triggers. Limits that
 * have changed are those of runs that have begun, too.
 */
export async function persist(store: Store, { appId, functions, configs }: Registration): Promise<void> {
  const before = new Map((await store.functions()).map((row) => [String(row.id), String(row.config)]));
  for (const [n, { id }] of functions.entries()) {
    const config = before.get(id);
    const limits = config && changedLimits(JSON.parse(config), configs[n] as StoredFunctionConfig);
    if (limits) await store.changeLimits(id, limits);
  }
  await store.register(
    appId,
    functions.map(({ id }, n) => ({ id, config: canonicalJson(configs[n]) })),
  );
  const now = new Date();
  const crons = functions.flatMap((fn) =>
    fn.crons.flatMap(({ cron, jitterMs }) => {
      const tick = nextTick(cron, now);
      if (!tick) return [];
      const delayMs = tick.getTime() - now.getTime() + Math.random() * jitterMs;
      return [
        { n: 0, run_id: `cron:${fn.id}`, key: cron, fn_id: fn.id, payload: tick.toISOString(), delay_ms: delayMs },
      ];
    }),
  );
  await store.scheduleCrons(
    functions.map(({ id }) => id),
    crons,
  );
}

/**
 * Reads what this and other processes have registered, as far as it has changed: events are matched and invocations
 * found before this process registers, and after another one has.
 */
export function createFunctionLoader(store: Store, registry: Registry, log: Log): () => Promise<void> {
  const known = new Map<string, string>();
  return async () => {
    const rows = await store.functions();
    const ids = new Set(rows.map((row) => String(row.id)));
    for (const id of known.keys()) {
      if (ids.has(id)) continue;
      known.delete(id);
      registry.forget(id);
    }
    for (const row of rows) {
      const [id, config] = [String(row.id), String(row.config)];
      if (known.get(id) === config) continue;
      known.set(id, config);
      try {
        registry.set([readFunction(String(row.app_id), JSON.parse(config))]);
      } catch (error) {
        log.warn({ err: error, functionId: id }, 'A function registered by another version cannot be read');
      }
    }
  };
}
