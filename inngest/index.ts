import { sendQueuedMail } from './functions/mail/send';
import { sendLeft } from './functions/outbox/send-left';
import { executeRun } from './functions/runs/execute';

/** Every durable function of the product. */
export const functions = [executeRun, sendLeft, sendQueuedMail];
