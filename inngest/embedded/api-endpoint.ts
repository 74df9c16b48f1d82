import { z } from 'zod';
import type { ApiAnswer, ApiRequest } from './api-request';
import type { Json } from './canonical';

/** An endpoint: `:name` in its path is a parameter. */
export interface Endpoint {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  key: 'signing' | 'event' | 'none';
  /** Of the body; by default that of an event request. */
  maxBytes?: number;
  answer(request: ApiRequest, parameters: Record<string, string>): Promise<ApiAnswer> | ApiAnswer;
}

/** A request that is refused for what its client sent. */
export class ApiError extends Error {
  override name = 'ApiError';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export const json = (status: number, body: Json): ApiAnswer => ({ status, body: JSON.stringify(body) });

/**
 * Reads a body that has to be JSON of one shape.
 * @throws ApiError that says what is wrong with it.
 */
export function readBody<T>(schema: z.ZodType<T>, body: string): T {
  const parsed = schema.safeParse(readJson(body));
  if (!parsed.success) throw new ApiError(400, z.prettifyError(parsed.error));
  return parsed.data;
}

export function readJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new ApiError(400, 'The body is not JSON');
  }
}
