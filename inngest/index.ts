import { tellBudget } from './functions/budgets/tell';
import { ledgerCheck } from './functions/ledger/check';
import { sendQueuedMail } from './functions/mail/send';
import { tend } from './functions/maintenance/tend';
import { sendLeft } from './functions/outbox/send-left';
import { tidyPeople } from './functions/people/tidy';
import { executeRun } from './functions/runs/execute';
import { reencrypt } from './functions/secrets/reencrypt';
import { rewrap } from './functions/secrets/rewrap';

/** Every durable function of the product. */
export const functions = [
  executeRun,
  ledgerCheck,
  reencrypt,
  rewrap,
  sendLeft,
  sendQueuedMail,
  tellBudget,
  tend,
  tidyPeople,
];
