import { expect, test } from 'vitest';
import { tellConnections } from './connector-tools';
import { toolDefinitions } from './registry';

test('a model is told of its connections where a tool works with them, and costs nothing without', () => {
  const definitions = toolDefinitions(['calculator', 'database_query']);
  expect(tellConnections(definitions, undefined)).toBe(definitions);
  expect(tellConnections(definitions, [])).toBe(definitions);
  const [calculator, query] = tellConnections(definitions, [
    { connector: 'shop', alias: 'orders', access: 'read' },
    { connector: 'crm', alias: 'crm', access: 'write' },
  ]);
  expect(calculator).toBe(definitions[0]);
  expect(query?.description).toMatch(/Connections: orders \(read only\), crm \(read and write\)\.$/);
});
