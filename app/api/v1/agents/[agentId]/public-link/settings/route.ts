import { endpoint } from '@/server/api/endpoint';
import { changePublicLinkOperation } from '@/server/api/operations';
import { changePublicLink } from '@/server/public-links/service';

export const POST = endpoint(changePublicLinkOperation, ({ ctx, params, body }) =>
  changePublicLink(ctx, { ...params, ...body }),
);
