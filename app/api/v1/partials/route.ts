import { endpoint } from '@/server/api/endpoint';
import { createPartialOperation, listPartialsOperation } from '@/server/api/operations';
import { createPartial, listPartials } from '@/server/partials/service';

export const GET = endpoint(listPartialsOperation, ({ ctx, query }) => listPartials(ctx, query));

export const POST = endpoint(createPartialOperation, ({ ctx, body }) => createPartial(ctx, body));
