import type { Instrumentation } from 'next';
import { log } from './server/log';

/**
 * Next's own words about a failed page, as a line of the log. What a procedure throws is a refusal, which is nobody's
 * error, or was logged where it was thrown.
 */
export const onRequestError: Instrumentation.onRequestError = (error, { headers }, { routePath }) => {
  const level = error instanceof Error && error.name === 'TRPCError' ? 'debug' : 'error';
  log[level]({ err: error, request: headers['x-request-id'], route: routePath }, 'page failed');
};
