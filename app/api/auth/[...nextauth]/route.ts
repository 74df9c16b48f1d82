import { NextRequest } from 'next/server';
import { toResponse } from '@/server/api/problem';
import { handlers } from '@/server/auth/config';
import { boundedRequest } from '@/server/request-body';

export const { GET } = handlers;

export async function POST(request: NextRequest): Promise<Response> {
  try {
    return told(await handlers.POST(new NextRequest(await boundedRequest(request))));
  } catch (error) {
    return toResponse(error, request);
  }
}

/** next-auth says everything in an address to go to; that somebody has to wait is also a status for programs. */
async function told(response: Response): Promise<Response> {
  const url = response.headers.get('location') ?? (await urlIn(response));
  const wait = /[?&]code=wait-(\d+)/.exec(String(url))?.[1];
  if (!wait) return response;
  const headers = new Headers(response.headers);
  headers.set('retry-after', wait);
  return new Response(response.body, { status: 429, headers });
}

/** What is answered is not always an object: who is not signed in has the session `null`. */
const urlIn = (response: Response): Promise<unknown> =>
  response
    .clone()
    .json()
    .then(
      (body) => body?.url,
      () => undefined,
    );
