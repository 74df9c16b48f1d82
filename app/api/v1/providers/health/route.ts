import { endpoint } from '@/server/api/endpoint';
import { getProviderHealthOperation } from '@/server/api/operations';
import { getHealth } from '@/server/models/service';

export const GET = endpoint(getProviderHealthOperation, ({ ctx }) => getHealth(ctx));
