import { z } from 'zod';
import { Id } from './paging';
import { name, text } from './text';

export const CONNECTOR_KINDS = ['postgres', 'mysql', 'mongodb', 's3', 'salesforce', 'rest'] as const;
export const ConnectorKind = z.enum(CONNECTOR_KINDS);
export type ConnectorKind = z.infer<typeof ConnectorKind>;

/** What a kind is called, and the tools that work with it. */
export const CONNECTOR_LABELS: Record<ConnectorKind, { label: string; does: string; read: string; write?: string }> = {
  postgres: { label: 'PostgreSQL', does: 'Questions in SQL.', read: 'database_query', write: 'database_write' },
  mysql: { label: 'MySQL or MariaDB', does: 'Questions in SQL.', read: 'database_query', write: 'database_write' },
  mongodb: { label: 'MongoDB', does: 'Documents, found and aggregated.', read: 'mongo_query' },
  s3: { label: 'S3-compatible storage', does: 'Files of a bucket.', read: 'storage_read', write: 'storage_write' },
  salesforce: { label: 'Salesforce', does: 'Records, asked for in SOQL.', read: 'salesforce_query' },
  rest: { label: 'REST', does: 'Paths below one address.', read: 'rest_get', write: 'rest_call' },
};

const slug = (what: string) =>
  z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/, `${what}: lower case letters, digits, _ and -, beginning with a letter.`);

export const ConnectorName = slug('A name');

/** What an agent may do with a connector. */
export const ConnectorAccess = z.enum(['read', 'write']);
export type ConnectorAccess = z.infer<typeof ConnectorAccess>;

/** A connector that an agent is given, under a name of its own; the document names no ids, so that it can be carried over. */
export const AgentConnector = z.object({
  connector: ConnectorName,
  alias: slug('An alias'),
  access: ConnectorAccess.default('read'),
});
export type AgentConnector = z.infer<typeof AgentConnector>;

export const AgentConnectors = z
  .array(AgentConnector)
  .max(20)
  .refine(
    (all) => new Set(all.map(({ alias }) => alias)).size === all.length,
    'Two connectors have the same alias. Give each its own.',
  );

const host = text(253).regex(
  /^(?:[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?|[0-9a-f:.]+)$/i,
  'One host, by name or address, without https://, port and path.',
);
const port = z.number().int().min(1).max(65_535);
const required = (max: number) => text(max).regex(/\S/, 'Needed.');
const address = text(2_000).regex(
  /^https?:\/\/[^\s?#]+$/,
  'An address that begins with https:// and ends before ? and #.',
);
const pem = text(50_000).regex(
  /^\s*$|-----BEGIN CERTIFICATE-----/,
  'A certificate in PEM begins with -----BEGIN CERTIFICATE-----.',
);

const tls = {
  tls: z
    .enum(['verify', 'encrypt', 'off'])
    .default('verify')
    .describe('verify: encrypted and the certificate is checked; encrypt: not checked; off: in clear text'),
  ca: pem.default('').describe('Certificate of the authority that signed the server’s, in PEM'),
};

const database = (defaultPort: number) =>
  z.object({ host, port: port.default(defaultPort), database: required(128), user: required(128), ...tls });

/** What is shown of a connector, by kind. */
export const SETTINGS = {
  postgres: database(5432),
  mysql: database(3306),
  mongodb: database(27017).extend({ user: text(128).default(''), authSource: text(128).default('') }),
  s3: z.object({
    endpoint: address,
    region: required(64).default('us-east-1'),
    bucket: required(255),
    accessKeyId: required(200),
  }),
  salesforce: z.object({ loginUrl: address.default('https://login.salesforce.com'), clientId: required(500) }),
  rest: z.object({
    baseUrl: address,
    auth: z.enum(['none', 'header', 'bearer', 'basic', 'oauth']).default('bearer'),
    headerName: text(100).default('').describe('For auth "header"'),
    user: text(200).default('').describe('For auth "basic"'),
    tokenUrl: text(2_000).default('').describe('For auth "oauth": where a token is got by client credentials'),
    clientId: text(500).default(''),
    scope: text(500).default(''),
  }),
} as const;

const secretText = text(8_000);

/** What is written once and never shown, by kind. */
export const CREDENTIALS = {
  postgres: z.object({ password: secretText.default('') }),
  mysql: z.object({ password: secretText.default('') }),
  mongodb: z.object({ password: secretText.default('') }),
  s3: z.object({ secretAccessKey: secretText.min(1, 'Needed.') }),
  salesforce: z.object({ clientSecret: secretText.min(1, 'Needed.'), refreshToken: secretText.default('') }),
  rest: z.object({ secret: secretText.default('').describe('Header value, token, password or client secret') }),
} as const;

export type SettingsOf<K extends ConnectorKind> = z.infer<(typeof SETTINGS)[K]>;
export type CredentialsOf<K extends ConnectorKind> = z.infer<(typeof CREDENTIALS)[K]>;

const described = {
  description: text(200).default(''),
  access: ConnectorAccess.default('read').describe('The most an agent may be given'),
};

const configured = <K extends ConnectorKind>(kind: K) =>
  z.object({
    kind: z.literal(kind),
    settings: SETTINGS[kind],
    credentials: CREDENTIALS[kind].optional().describe('When a connector is changed, those of before stay without'),
  });

const Configuration = z.discriminatedUnion('kind', [
  configured('postgres'),
  configured('mysql'),
  configured('mongodb'),
  configured('s3'),
  configured('salesforce'),
  configured('rest'),
]);
export type Configuration = z.infer<typeof Configuration>;

export const ConnectorRef = z.object({ connectorId: Id });
export type ConnectorRef = z.infer<typeof ConnectorRef>;

export const CreateConnectorInput = z.object({ name: ConnectorName, ...described, configuration: Configuration });
export type CreateConnectorInput = z.infer<typeof CreateConnectorInput>;

export const ChangeConnectorInput = ConnectorRef.extend({ ...described, configuration: Configuration });
export type ChangeConnectorInput = z.infer<typeof ChangeConnectorInput>;

export const ConnectorState = z.enum(['untested', 'ok', 'broken']);
export type ConnectorState = z.infer<typeof ConnectorState>;

/** A connector without what is secret of it. */
export const Connector = z.object({
  id: Id,
  name: name(40),
  kind: ConnectorKind,
  description: z.string(),
  access: ConnectorAccess,
  settings: z.record(z.string(), z.union([z.string(), z.number()])),
  state: ConnectorState,
  stateMessage: z.string(),
  warnings: z.array(z.string()),
  stateAt: z.date().nullable(),
  updatedAt: z.date(),
  updatedByName: z.string().nullable(),
  usedBy: z.array(z.object({ agentId: Id, name: z.string(), alias: z.string(), access: z.string() })),
});
export type Connector = z.infer<typeof Connector>;

/** A connector as who builds an agent sees it. */
export const AttachableConnector = Connector.pick({
  name: true,
  kind: true,
  access: true,
  description: true,
  state: true,
});
export type AttachableConnector = z.infer<typeof AttachableConnector>;
