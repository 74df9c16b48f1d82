import { OPERATIONS } from '@/server/api/operations';
import { problemResponse } from '@/server/api/problem';

/** An address of the API that is none: said as every other error of the API is. */
const notFound = (request: Request): Response => {
  const { pathname } = new URL(request.url);
  const known = [...new Set(OPERATIONS.map(({ path }) => path))].join(', ');
  const detail = `There is nothing at ${pathname}. There is: ${known}. See /api/v1/openapi.json.`;
  return problemResponse({ type: 'about:blank', title: 'NOT_FOUND', status: 404, detail, instance: pathname });
};

export { notFound as DELETE, notFound as GET, notFound as PATCH, notFound as POST, notFound as PUT };
