import { NextRequest } from 'next/server';
import { toResponse } from '@/server/api/problem';
import { handlers } from '@/server/auth/config';
import { boundedRequest } from '@/server/request-body';

export const { GET } = handlers;

export async function POST(request: NextRequest): Promise<Response> {
  try {
    return await handlers.POST(new NextRequest(await boundedRequest(request)));
  } catch (error) {
    return toResponse(error, request);
  }
}
