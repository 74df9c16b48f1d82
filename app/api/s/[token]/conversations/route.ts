import { visitEndpoint } from '@/server/api/visit-endpoint';
import { listConversations } from '@/server/public-links/service';

export const GET = visitEndpoint(async (visit) => Response.json({ items: await listConversations(visit) }));
