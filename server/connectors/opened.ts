import type { ConnectorKind, CredentialsOf, SettingsOf } from '@/lib/contracts/connectors';

/** A connector with everything it takes to use it. Lives as long as one call. */
export interface Opened<K extends ConnectorKind = ConnectorKind> {
  orgId: string;
  name: string;
  kind: K;
  settings: SettingsOf<K>;
  credentials: CredentialsOf<K>;
}

/** What a test found: `message` says what answered, warnings what should be changed. Failing, it throws. */
export interface TestReport {
  message: string;
  warnings: string[];
}

/** How long a connection may take to be made, and a statement to answer. */
export const CONNECT_MS = 8_000;
export const STATEMENT_MS = 15_000;
