import { newId } from '@/db/columns';
import type {
  AttachableConnector,
  ChangeConnectorInput,
  Configuration,
  Connector,
  ConnectorAccess,
  ConnectorRef,
  CreateConnectorInput,
} from '@/lib/contracts/connectors';
import { recordAudit } from '../audit/service';
import { type OrgContext, requirePermission, type TenantContext, withTenant } from '../context';
import { Conflict, DomainError, Invalid, LimitExceeded, NotFound } from '../errors';
import { encryptSecret } from '../secrets/encryption';
import { redact } from '../secrets/redaction';
import { credentialsCell, openStored } from './credentials';
import { testMongo } from './kinds/mongodb';
import { testMysql } from './kinds/mysql';
import { testPostgres } from './kinds/postgres';
import { testRest } from './kinds/rest';
import { testS3 } from './kinds/s3';
import { testSalesforce } from './kinds/salesforce';
import type { Opened, TestReport } from './opened';
import * as queries from './queries';
import { checkSettings, goesElsewhere } from './settings';

export { queryMongo } from './kinds/mongodb';
export { queryMysql } from './kinds/mysql';
export { queryPostgres } from './kinds/postgres';
export { callRest } from './kinds/rest';
export { listFiles, putFile, readFile } from './kinds/s3';
export { querySalesforce } from './kinds/salesforce';
export { useConnector } from './use';

const MAX_CONNECTORS = 200;
const TEST_MS = 20_000;

export async function listConnectors(ctx: OrgContext): Promise<Connector[]> {
  requirePermission(ctx, 'connectors:read');
  return withTenant(ctx, (tx) => queries.selectConnectors(tx));
}

/** What whoever builds an agent has to know to give it a connector. */
export async function listAttachable(ctx: OrgContext): Promise<AttachableConnector[]> {
  requirePermission(ctx, 'agents:read');
  return withTenant(ctx, queries.selectNames);
}

/** @throws NotFound */
export async function getConnector(ctx: OrgContext, { connectorId }: ConnectorRef): Promise<Connector> {
  requirePermission(ctx, 'connectors:read');
  return withTenant(ctx, (tx) => read(tx, connectorId));
}

/** @throws Conflict when the name is taken, Invalid with the field that is wrong. */
export async function createConnector(ctx: OrgContext, input: CreateConnectorInput): Promise<Connector> {
  requirePermission(ctx, 'connectors:write');
  const { name, description, access, configuration } = input;
  checkSettings(configuration);
  const { credentials } = configuration;
  if (!credentials) throw needCredentials();
  return withTenant(ctx, async (tx) => {
    if ((await queries.countConnectors(tx)) >= MAX_CONNECTORS) {
      throw new LimitExceeded(
        `An organization has at most ${MAX_CONNECTORS} connectors. Delete one that nothing uses.`,
      );
    }
    const id = newId();
    const encryptedCredentials = await encryptSecret(tx, JSON.stringify(credentials), credentialsCell(id));
    const { kind, settings } = configuration;
    if (!(await queries.insertConnector(tx, { id, name, kind, description, access, settings, encryptedCredentials }))) {
      throw new Conflict(`There is a connector ${name} already. Choose another name.`);
    }
    await audit(tx, 'create', id, { name, kind, access, settings });
    return read(tx, id);
  });
}

/** Credentials that are left out stay, unless they would go elsewhere than they were given for. */
export async function changeConnector(ctx: OrgContext, input: ChangeConnectorInput): Promise<Connector> {
  requirePermission(ctx, 'connectors:write');
  const { connectorId: id, description, access, configuration } = input;
  checkSettings(configuration);
  return withTenant(ctx, async (tx) => {
    const before = await queries.getStored(tx, id);
    const { kind, settings, credentials } = configuration;
    if (before.kind !== kind) throw new Invalid('A connector stays of its kind. Make another one.');
    if (!credentials && goesElsewhere(before.settings, settings) && !(await isOpen(tx, before, settings)))
      throw needCredentials();
    const encryptedCredentials = credentials
      ? await encryptSecret(tx, JSON.stringify(credentials), credentialsCell(id))
      : before.encryptedCredentials;
    await queries.updateConnector(tx, id, { description, access, settings, encryptedCredentials });
    await audit(tx, 'change', id, { access, settings, credentials: credentials ? 'new' : 'kept' });
    return read(tx, id);
  });
}

/** Agents that name it are told, at their next call, that there is none. */
export async function deleteConnector(ctx: OrgContext, { connectorId }: ConnectorRef): Promise<void> {
  requirePermission(ctx, 'connectors:write');
  await withTenant(ctx, async (tx) => {
    const deleted = await queries.deleteConnector(tx, connectorId);
    if (!deleted) throw new NotFound('connector');
    await audit(tx, 'delete', connectorId, deleted);
  });
}

/** Connects and logs in, and notes how that ended. Nothing of the other side is changed. */
export async function testConnector(ctx: OrgContext, { connectorId }: ConnectorRef): Promise<Connector> {
  requirePermission(ctx, 'connectors:write');
  const { opened, access } = await withTenant(ctx, async (tx) => {
    const stored = await queries.getStored(tx, connectorId);
    return { opened: await openStored(tx, stored), access: stored.access };
  });
  const report = redact(ctx.org.id, await testReport(opened, access));
  return withTenant(ctx, async (tx) => {
    await queries.updateState(tx, connectorId, report);
    await audit(tx, 'test', connectorId, { state: report.state });
    return read(tx, connectorId);
  });
}

async function testReport(opened: Opened, access: ConnectorAccess) {
  const deadline = AbortSignal.timeout(TEST_MS);
  try {
    const { message, warnings } = await testOf(opened, access, deadline);
    return { state: 'ok' as const, stateMessage: message, warnings };
  } catch (error) {
    const broken = (stateMessage: string) => ({ state: 'broken' as const, stateMessage, warnings: [] });
    if (deadline.aborted) return broken(`There was no answer within ${TEST_MS / 1_000} s.`);
    if (error instanceof DomainError) return broken(error.message);
    throw error;
  }
}

function testOf(opened: Opened, access: ConnectorAccess, signal: AbortSignal): Promise<TestReport> {
  switch (opened.kind) {
    case 'postgres':
      return testPostgres(opened as Opened<'postgres'>, access, signal);
    case 'mysql':
      return testMysql(opened as Opened<'mysql'>, access, signal);
    case 'mongodb':
      return testMongo(opened as Opened<'mongodb'>, signal);
    case 's3':
      return testS3(opened as Opened<'s3'>, signal);
    case 'salesforce':
      return testSalesforce(opened as Opened<'salesforce'>, signal);
    case 'rest':
      return testRest(opened as Opened<'rest'>, signal);
  }
}

async function read(tx: TenantContext, id: string): Promise<Connector> {
  const [connector] = await queries.selectConnectors(tx, id);
  if (!connector) throw new NotFound('connector');
  return connector;
}

/** Nothing secret was ever given, and none is asked for now: there is nothing that could go elsewhere. */
async function isOpen(tx: TenantContext, before: queries.StoredConnector, after: object): Promise<boolean> {
  const { credentials } = await openStored(tx, before);
  const loginOf = (settings: object) => ('auth' in settings ? settings.auth : undefined);
  return Object.values(credentials).every((value) => value === '') && loginOf(before.settings) === loginOf(after);
}

const needCredentials = () =>
  new Invalid('Give password or secret again: they go to the address that they were given with, and to no other.', {
    fields: { 'configuration.credentials': 'Needed' },
  });

const audit = (
  tx: TenantContext,
  verb: string,
  id: string,
  after: { [key: string]: string | Configuration['settings'] },
) => recordAudit(tx, { action: `connector.${verb}`, resourceType: 'connector', resourceId: id, after });
