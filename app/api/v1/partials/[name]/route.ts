import { endpoint } from '@/server/api/endpoint';
import { changePartialOperation, deletePartialOperation, getPartialOperation } from '@/server/api/operations';
import { changePartial, deletePartial, getPartial } from '@/server/partials/service';

export const GET = endpoint(getPartialOperation, ({ ctx, params }) => getPartial(ctx, params));

export const PUT = endpoint(changePartialOperation, ({ ctx, params, body }) =>
  changePartial(ctx, { ...body, ...params }),
);

export const DELETE = endpoint(deletePartialOperation, ({ ctx, params }) => deletePartial(ctx, params));
