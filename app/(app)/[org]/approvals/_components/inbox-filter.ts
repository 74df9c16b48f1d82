import { ListApprovalsInput } from '@/lib/contracts/approvals';

/** The list's filter out of the address; what is no agent's id is no filter. */
export function inboxFilter(params: URLSearchParams): Pick<ListApprovalsInput, 'state' | 'agentId'> {
  const agentId = ListApprovalsInput.shape.agentId.safeParse(params.get('agent') ?? undefined).data;
  return { state: params.get('state') === 'decided' ? 'decided' : 'open', ...(agentId && { agentId }) };
}
