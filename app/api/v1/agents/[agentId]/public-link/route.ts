import { endpoint } from '@/server/api/endpoint';
import { getPublicLinkOperation, makePublicLinkOperation } from '@/server/api/operations';
import { getPublicLink, makePublicLink } from '@/server/public-links/service';

export const GET = endpoint(getPublicLinkOperation, ({ ctx, params }) => getPublicLink(ctx, params));

export const POST = endpoint(makePublicLinkOperation, ({ ctx, params, body }) =>
  makePublicLink(ctx, { ...params, ...body }),
);
