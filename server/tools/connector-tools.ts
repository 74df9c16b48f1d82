import { databaseQuery } from './database-query';
import { databaseWrite } from './database-write';
import { mongoQuery } from './mongo-query';
import { restCall } from './rest-call';
import { restGet } from './rest-get';
import { salesforceQuery } from './salesforce-query';
import { storageRead } from './storage-read';
import { storageWrite } from './storage-write';

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
