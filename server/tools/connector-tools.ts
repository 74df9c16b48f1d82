import type { AgentConnector } from '@/lib/contracts/connectors';
import type { ModelSpanInput } from '@/lib/contracts/runs';
import { databaseQuery } from './database-query';
import { databaseWrite } from './database-write';
import { mongoQuery } from './mongo-query';
import { restCall } from './rest-call';
import { restGet } from './rest-get';
import { salesforceQuery } from './salesforce-query';
import { storageRead } from './storage-read';
import { storageWrite } from './storage-write';

type ToolDefinition = ModelSpanInput['tools'][number];

/** The built-in tools that work with connectors. */
export const CONNECTOR_TOOLS = [
  databaseQuery,
  databaseWrite,
  mongoQuery,
  storageRead,
  storageWrite,
  salesforceQuery,
  restGet,
  restCall,
];

const NAMES = new Set(CONNECTOR_TOOLS.map(({ name }) => name));

/** Tells the model which connections it has; without any, the definitions are the same ones. */
export function tellConnections(
  definitions: ToolDefinition[],
  connectors: readonly AgentConnector[] | undefined,
): ToolDefinition[] {
  if (!connectors?.length) return definitions;
  const told = connectors.map(
    ({ alias, access }) => `${alias} (${access === 'write' ? 'read and write' : 'read only'})`,
  );
  return definitions.map((tool) =>
    NAMES.has(tool.name) ? { ...tool, description: `${tool.description} Connections: ${told.join(', ')}.` } : tool,
  );
}
