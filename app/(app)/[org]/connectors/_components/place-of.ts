import type { Connector } from '@/lib/contracts/connectors';

/** Where a connector leads, in one line. */
export function placeOf({ kind, settings }: Connector): string {
  const { host, port, database, user, endpoint, bucket, loginUrl, baseUrl } = settings;
  switch (kind) {
    case 's3':
      return `${endpoint}/${bucket}`;
    case 'salesforce':
      return String(loginUrl);
    case 'rest':
      return String(baseUrl);
    default:
      return `${user ? `${user}@` : ''}${host}:${port}/${database}`;
  }
}
