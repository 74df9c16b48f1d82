import { tellThreshold } from '@/server/budgets/alerts';
import { inngest } from '../../client';
import { thresholdReached } from '../../events';

/** Mails whoever may raise a budget that it passed 50, 80 or 100 per cent. */
export const tellBudget = inngest.createFunction(
  { id: 'budget-tell', name: 'Tell that a budget passed a threshold', triggers: [thresholdReached], retries: 5 },
  ({ event, step }) => step.run('tell', () => tellThreshold(event.data)),
);
