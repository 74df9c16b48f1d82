import { isApiError, RefusedRequest } from '@/lib/trpc/client';

export interface ApiError {
  message: string;
  code: string | null;
  requestId: string | null;
  /** Path in the input → what is wrong there. */
  fields: Record<string, string>;
}

/** What the server said went wrong, or that it could not be reached. */
export function apiErrorOf(error: unknown): ApiError {
  if (!isApiError(error)) {
    return { message: 'This page could not be loaded.', code: null, requestId: null, fields: {} };
  }
  if (!error.data) {
    const refused = error.cause instanceof RefusedRequest ? error.cause.message : undefined;
    const message = refused ?? 'The server cannot be reached. Check the connection.';
    return { message, code: null, requestId: null, fields: {} };
  }
  const { code, requestId, fields } = error.data;
  return { message: error.message, code, requestId, fields };
}
