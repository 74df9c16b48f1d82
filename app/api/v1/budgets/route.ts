import { endpoint } from '@/server/api/endpoint';
import { listBudgetsOperation } from '@/server/api/operations';
import { listBudgets } from '@/server/budgets/service';

export const GET = endpoint(listBudgetsOperation, async ({ ctx }) => ({ items: await listBudgets(ctx) }));
