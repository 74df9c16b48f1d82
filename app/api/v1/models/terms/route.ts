import { endpoint } from '@/server/api/endpoint';
import { setModelTermsOperation } from '@/server/api/operations';
import { setTerms } from '@/server/models/service';

export const POST = endpoint(setModelTermsOperation, ({ ctx, body }) => setTerms(ctx, body));
