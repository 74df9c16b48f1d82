import { beginsAnew, nameBudget } from '@/lib/budget-words';
import type { Budget } from '@/lib/contracts/budgets';
import type { MailMessage } from '@/lib/contracts/mail';
import { publicUrl } from '@/lib/env';
import { formatCost } from '@/lib/format';
import { ROLE_PERMISSIONS, ROLES } from '@/lib/permissions';
import { recordAudit } from '../audit/service';
import { type OrgContext, withTenant } from '../context';
import { log } from '../log';
import { sendMail } from '../mail/service';
import * as statements from './statements';

/** Who is told: whoever may raise the limit. */
const TOLD_ROLES = ROLES.filter((role) => ROLE_PERMISSIONS[role].includes('budgets:write'));

export interface PassedThreshold {
  orgId: string;
  budgetId: string;
  /** Per cent of the limit. */
  threshold: number;
}

/** A job that has no rights in the organization but to tell its people. */
const alertContext = (orgId: string): OrgContext => ({
  org: { id: orgId, slug: '', name: '' },
  actor: { type: 'system', id: 'budget-alert' },
  permissions: [],
  request: null,
  log: log.child({ org: orgId }),
});

/**
 * Mails that a budget passed a threshold, once for each threshold, period and limit. Says how it is now: more may have been
 * spent since.
 * @returns how many were told.
 */
export const tellThreshold = ({ orgId, budgetId, threshold }: PassedThreshold): Promise<number> =>
  withTenant(alertContext(orgId), async (tx) => {
    const [budget] = await statements.selectBudgets(tx, budgetId);
    if (!budget) return 0;
    const { limitMicros, periodStart } = budget;
    const fact = { threshold, limitMicros, periodStart: periodStart?.toISOString() ?? null };
    await statements.lockBudget(tx, budgetId);
    if (await statements.isTold(tx, budgetId, fact)) return 0;
    const { slug, name } = await statements.getOrganization(tx);
    const addresses = await statements.selectMailAddresses(tx, TOLD_ROLES);
    await recordAudit(tx, { action: 'budget.alert', resourceType: 'budget', resourceId: budgetId, after: { ...fact } });
    for (const { email } of addresses) await sendMail(tx, alertMail(email, { slug, name }, budget, threshold));
    return addresses.length;
  });

function alertMail(to: string, org: { slug: string; name: string }, budget: Budget, threshold: number): MailMessage {
  const { spentMicros, limitMicros, period } = budget;
  const what = nameBudget(budget);
  const anew = beginsAnew(period);
  const used = threshold >= 100 ? 'is used up' : `is ${threshold} % used`;
  const left = threshold >= 100 && spentMicros < limitMicros ? ', and what is left pays for no further call' : '';
  return {
    to,
    subject: `${org.name}: ${what} ${used}`.slice(0, 200),
    paragraphs: [
      `${what.replace(/^t/, 'T')}, ${used}: ${formatCost(spentMicros)} of ${formatCost(limitMicros)} is spent${left}.`,
      threshold >= 100
        ? `Model calls it applies to are refused${anew ? ` until it begins anew ${anew}` : ''}, unless its limit is raised.`
        : `When it is used up, model calls it applies to are refused${anew ? ` until it begins anew ${anew}` : ''}.`,
    ],
    action: { label: 'Look at the budgets', url: `${publicUrl()}/${org.slug}/settings/budgets` },
    footnote: `You get this because you may change budgets of ${org.name}.`,
  };
}
