import type { OrgContext, TenantContext } from '../../context';
import { tenantStatement } from '../../context';
import type { Upstream } from '../../errors';
import { RefusedKey } from '../failures';
import type { ResolvedModel } from '../resolved';

/** So many failures in a row, none more than a window after the one before, open a circuit. */
export const FAILURES_TO_OPEN = 5;
const WINDOW_SECONDS = 60;
/** How long it stays open the first time; twice as long each further time, up to the most. */
export const OPEN_SECONDS = 30;
const MOST_OPEN_SECONDS = 600;
/** How long the one who sees whether it works again has for it. */
const PROBE_SECONDS = 60;

type Credential = Pick<ResolvedModel, 'provider' | 'source'>;

/** Whether a failure says something about the provider or the key, and not about what was asked. */
export const tellsOfProvider = (error: Upstream): boolean =>
  error.reason !== 'provider_refused' || error instanceof RefusedKey;

/** Counts a failure of a key; opens its circuit when there were enough, or when it was a probe. */
export async function noteFailure(ctx: OrgContext, { provider, source }: Credential, error: Upstream): Promise<void> {
  if (source === 'built-in') return;
  const org = ctx.org.id;
  const waitSeconds = Math.min(Math.ceil((error.retryAfterMs ?? 0) / 1_000), MOST_OPEN_SECONDS);
  await tenantStatement(
    ctx,
    (sql) => sql`
    insert into model_circuits as c (org_id, provider, source, failures, last_error_code, last_error, last_failed_at)
    values (${org}, ${provider}, ${source}, 1, ${error.reason}, ${error.message.slice(0, 500)}, now())
    on conflict (org_id, provider, source) do update set
      failures = case when c.last_failed_at < now() - make_interval(secs => ${WINDOW_SECONDS}) then 1 else c.failures + 1 end,
      openings = case when ${opens(sql)} then c.openings + 1 else c.openings end,
      open_until = case when ${opens(sql)}
        then now() + make_interval(secs => greatest(${waitSeconds}, least(${MOST_OPEN_SECONDS}, ${OPEN_SECONDS} * power(2, least(c.openings, 10)))))
        else c.open_until end,
      probe_until = null, last_error_code = excluded.last_error_code, last_error = excluded.last_error, last_failed_at = now()`,
  );
}

type Sql = Parameters<Parameters<typeof tenantStatement>[1]>[0];
/** A closed one after enough failures, a half-open one after any. What fails late in an open one changes nothing. */
const opens = (sql: Sql) => sql`(c.open_until <= now() or (c.open_until is null
  and c.failures + 1 >= ${FAILURES_TO_OPEN} and c.last_failed_at >= now() - make_interval(secs => ${WINDOW_SECONDS})))`;

/** Closes a circuit, for it works again. */
export async function noteSuccess(ctx: OrgContext, { provider, source }: Credential): Promise<void> {
  await tenantStatement(
    ctx,
    (sql) => sql`
    update model_circuits set failures = 0, openings = 0, open_until = null, probe_until = null
    where org_id = ${ctx.org.id} and provider = ${provider} and source = ${source} and (failures > 0 or open_until is not null)`,
  );
}

/** True for the one who may see whether a half-open circuit works again. */
export async function claimProbe(tx: TenantContext, { provider, source }: Credential): Promise<boolean> {
  const rows = await tx.sql`
    update model_circuits set probe_until = now() + make_interval(secs => ${PROBE_SECONDS})
    where org_id = ${tx.org.id} and provider = ${provider} and source = ${source} and open_until <= now()
      and (probe_until is null or probe_until < now()) returning 1`;
  return rows.length > 0;
}
