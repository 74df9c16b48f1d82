import { endpoint } from '@/server/api/endpoint';
import { listModelsOperation } from '@/server/api/operations';
import { listTerms } from '@/server/models/service';

export const GET = endpoint(listModelsOperation, async ({ ctx }) => ({ items: await listTerms(ctx) }));
