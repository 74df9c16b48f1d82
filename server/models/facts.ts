import type { Sql } from '@/db/transaction';
import type { AzureSettings, ModelPrice } from '@/lib/contracts/models';
import { qualityOf } from '@/lib/model-quality';
import { findPrice } from '@/lib/prices';
import type { TenantContext } from '../context';
import type { StoredKey } from '../secrets/keyring';

export interface StoredCredential {
  id: string;
  provider: string;
  baseUrl: string | null;
  settings: AzureSettings;
  encryptedKey: string;
}

export interface Circuit {
  provider: string;
  source: string;
  state: 'closed' | 'open' | 'half-open';
  /** Closed, but not without failures. */
  failures: number;
  /** What the provider said last, in words. */
  lastError: string | null;
}

interface Override {
  model: string;
  input: number | null;
  cachedInput: number | null;
  output: number | null;
  quality: number | null;
  updatedOn: string;
}

/** Everything that is known of an organization's models before one is called. */
export interface ModelFacts {
  dataKeys: StoredKey[];
  credentials: StoredCredential[];
  overrides: Override[];
  circuits: Circuit[];
  /** Of all of it. */
  hash: string;
}

export const NO_FACTS: ModelFacts = { dataKeys: [], credentials: [], overrides: [], circuits: [], hash: '' };

/**
 * What a call needs to know, in the one statement that finds its key: all of the organization's, which is little, so that it can
 * be asked for before it is known which models come into question.
 */
export async function selectFacts({ sql, org }: TenantContext): Promise<ModelFacts> {
  const [row] = await sql<(Record<Exclude<keyof ModelFacts, 'hash'>, string> & { hash: string })[]>`
    select facts.*, ${hashed(sql)} as hash from (${written(sql, org.id)}) facts`;
  if (!row) throw new Error('a select without a table returned no row');
  return {
    dataKeys: JSON.parse(row.dataKeys),
    credentials: JSON.parse(row.credentials),
    overrides: JSON.parse(row.overrides),
    circuits: JSON.parse(row.circuits),
    hash: row.hash,
  };
}

/** A condition: this is what `selectFacts` would give now. */
export const factsAre = (sql: Sql, orgId: string, { hash }: ModelFacts) =>
  sql`(select ${hashed(sql)} from (${written(sql, orgId)}) facts) = ${hash}`;

const hashed = (sql: Sql) => sql`encode(sha256(convert_to(facts::text, 'UTF8')), 'hex')`;

const written = (sql: Sql, org: string) => sql`
  select (select coalesce(jsonb_agg(jsonb_build_object('version', version, 'wrappedKey', wrapped_key)), '[]')::text from data_keys
      where org_id = ${org}) as "dataKeys",
    (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'provider', provider, 'baseUrl', base_url, 'settings', settings,
      'encryptedKey', encrypted_key)), '[]')::text from model_credentials
      where org_id = ${org}) as credentials,
    (select coalesce(jsonb_agg(jsonb_build_object('model', model, 'input', input, 'cachedInput', cached_input, 'output', output,
      'quality', quality, 'updatedOn', to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD'))), '[]')::text from model_overrides
      where org_id = ${org}) as overrides,
    (select coalesce(jsonb_agg(jsonb_build_object('provider', provider, 'source', source, 'failures', failures,
      'lastError', last_error, 'state', case when open_until is null then 'closed' when open_until > now() then 'open'
      else 'half-open' end)), '[]')::text from model_circuits
      where org_id = ${org}) as circuits`;

/** What an organization's own price is, else the list's. */
export function priceIn({ overrides }: Pick<ModelFacts, 'overrides'>, model: string): ModelPrice | null {
  const own = overrides.find((row) => row.model === model);
  if (own && own.input !== null && own.cachedInput !== null && own.output !== null) {
    return { input: own.input, cachedInput: own.cachedInput, output: own.output, readOn: own.updatedOn };
  }
  return findPrice(model) ?? null;
}

export const qualityIn = ({ overrides }: Pick<ModelFacts, 'overrides'>, model: string): number =>
  overrides.find((row) => row.model === model)?.quality ?? qualityOf(model);
