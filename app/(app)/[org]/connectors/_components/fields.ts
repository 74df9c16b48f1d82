import type { Configuration, Connector, ConnectorKind } from '@/lib/contracts/connectors';

/** One field of a connector's form. */
export interface FormField {
  name: string;
  label: string;
  help?: string;
  /** `secret` goes among the credentials, and is never filled in again. */
  type?: 'text' | 'number' | 'secret' | 'long' | 'choice';
  choices?: [value: string, label: string][];
  initial?: string;
  placeholder?: string;
  optional?: boolean;
  /** Shown only while another field has one of these values. */
  when?: [field: string, values: string[]];
}

const TLS: FormField[] = [
  {
    name: 'tls',
    label: 'TLS',
    type: 'choice',
    initial: 'verify',
    choices: [
      ['verify', 'Encrypted, certificate checked'],
      ['encrypt', 'Encrypted, certificate not checked'],
      ['off', 'Off: in clear text'],
    ],
  },
  {
    name: 'ca',
    label: 'CA (optional)',
    type: 'long',
    optional: true,
    help: 'Certificate of the authority that signed the server’s, in PEM.',
    when: ['tls', ['verify']],
  },
];

const database = (port: string): FormField[] => [
  { name: 'host', label: 'Host', placeholder: 'db.example.com' },
  { name: 'port', label: 'Port', type: 'number', initial: port },
  { name: 'database', label: 'Database' },
  { name: 'user', label: 'User', help: 'A login of its own that may do only what agents should.' },
  { name: 'password', label: 'Password', type: 'secret', optional: true },
];

/** What each kind is asked for. */
export const FIELDS: Record<ConnectorKind, FormField[]> = {
  postgres: [...database('5432'), ...TLS],
  mysql: [...database('3306'), ...TLS],
  mongodb: [
    ...database('27017').map((field) =>
      field.name === 'user' ? { ...field, label: 'User (optional)', optional: true } : field,
    ),
    {
      name: 'authSource',
      label: 'Login database (optional)',
      optional: true,
      help: 'Where the user is kept, if elsewhere.',
    },
    ...TLS,
  ],
  s3: [
    { name: 'endpoint', label: 'Endpoint', placeholder: 'https://s3.eu-central-1.amazonaws.com' },
    { name: 'region', label: 'Region', initial: 'us-east-1' },
    { name: 'bucket', label: 'Bucket' },
    { name: 'accessKeyId', label: 'Access key id' },
    { name: 'secretAccessKey', label: 'Secret access key', type: 'secret' },
  ],
  salesforce: [
    {
      name: 'loginUrl',
      label: 'Login address',
      initial: 'https://login.salesforce.com',
      help: 'For client credentials, your own domain: https://company.my.salesforce.com',
    },
    { name: 'clientId', label: 'Client id', help: 'Of the connected app.' },
    { name: 'clientSecret', label: 'Client secret', type: 'secret' },
    {
      name: 'refreshToken',
      label: 'Refresh token (optional)',
      type: 'secret',
      optional: true,
      help: 'Without one, the app logs in by client credentials.',
    },
  ],
  rest: [
    {
      name: 'baseUrl',
      label: 'Address',
      placeholder: 'https://api.example.com/v1',
      help: 'Agents reach only what is below it.',
    },
    {
      name: 'auth',
      label: 'Login',
      type: 'choice',
      initial: 'bearer',
      choices: [
        ['bearer', 'Bearer token'],
        ['header', 'A header of its own'],
        ['basic', 'User and password'],
        ['oauth', 'OAuth client credentials'],
        ['none', 'None'],
      ],
    },
    { name: 'headerName', label: 'Header', placeholder: 'X-API-Key', when: ['auth', ['header']] },
    { name: 'user', label: 'User', when: ['auth', ['basic']] },
    { name: 'tokenUrl', label: 'Token address', when: ['auth', ['oauth']] },
    { name: 'clientId', label: 'Client id', when: ['auth', ['oauth']] },
    { name: 'scope', label: 'Scope (optional)', optional: true, when: ['auth', ['oauth']] },
    {
      name: 'secret',
      label: 'Secret',
      type: 'secret',
      help: 'Token, value of the header, password or client secret.',
      when: ['auth', ['bearer', 'header', 'basic', 'oauth']],
    },
  ],
};

export type FormValues = Record<string, string>;

export const isShown = ({ when }: FormField, values: FormValues): boolean =>
  !when || when[1].includes(values[when[0]] ?? '');

/** What a form begins with: what is there, or what is usual. */
export const initialValues = (kind: ConnectorKind, connector?: Connector): FormValues =>
  Object.fromEntries(
    FIELDS[kind].map(({ name, initial = '' }) => [name, String(connector?.settings[name] ?? initial)]),
  );

/** The form as the server takes it. Credentials that were not given again are left out, when there are some to keep. */
export function toConfiguration(kind: ConnectorKind, values: FormValues, keep: boolean): Configuration {
  const of = (secret: boolean) =>
    FIELDS[kind]
      .filter(({ type }) => (type === 'secret') === secret)
      .map(({ name, type }): [string, string | number] => {
        const text = values[name] ?? '';
        return [name, type === 'number' ? Number(text) : secret ? text : text.trim()];
      });
  const credentials = Object.fromEntries(of(true));
  const isKept = keep && Object.values(credentials).every((value) => value === '');
  // Its shape is checked by the server, which names the field that is wrong.
  return {
    kind,
    settings: Object.fromEntries(of(false)),
    credentials: isKept ? undefined : credentials,
  } as Configuration;
}
