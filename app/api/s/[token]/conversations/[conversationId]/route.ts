import { VisitorConversationRef } from '@/lib/contracts/public-links';
import { visitEndpoint } from '@/server/api/visit-endpoint';
import { readConversation } from '@/server/public-links/service';

export const GET = visitEndpoint(async (visit, { params }) =>
  Response.json({ items: await readConversation(visit, VisitorConversationRef.parse(params).conversationId) }),
);
