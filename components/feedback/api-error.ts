import { isApiError } from '@/lib/trpc/client';

export interface ApiError {
  message: string;
  code: string | null;
  requestId: string | null;
  /** Path in the input → what is wrong there. */
  fields: Record<string, string>;
}

const statusOf = (response: unknown): number | undefined =>
  response instanceof Response ? response.status : undefined;

/** What the server said went wrong, or that it could not be reached. */
export function apiErrorOf(error: unknown): ApiError {
  if (!isApiError(error)) {
    return { message: 'This page could not be loaded.', code: null, requestId: null, fields: {} };
  }
  if (!error.data) {
    // Refused before anything looked at what it was about.
    if (statusOf(error.meta?.response) === 413) {
      return {
        message: 'This is too long to be sent: 1 MB at most. Shorten it.',
        code: null,
        requestId: null,
        fields: {},
      };
    }
    return { message: 'The server cannot be reached. Check the connection.', code: null, requestId: null, fields: {} };
  }
  const { code, requestId, fields } = error.data;
  return { message: error.message, code, requestId, fields };
}
