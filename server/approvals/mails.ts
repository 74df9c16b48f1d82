import type { Approval } from '@/lib/contracts/approvals';
import type { MailMessage } from '@/lib/contracts/mail';
import { publicUrl } from '@/lib/env';
import { findTool } from '../tools/registry';

const SHOWN = 1_500;
const cut = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…`.toWellFormed() : text);

/** To somebody who may decide. */
export function approvalMail(to: string, slug: string, approval: Approval): MailMessage {
  const { id, agentName, kind, question, proposed, said, runInput, startedByName, expiresAt, isTainted } = approval;
  const tool = findTool(approval.tool)?.label ?? approval.tool;
  const isQuestion = kind === 'question';
  const asked = isQuestion
    ? [cut(question ?? '')]
    : [`It wants to use ${tool} with these arguments:`, cut(JSON.stringify(proposed, null, 2))];
  return {
    to,
    subject: (isQuestion ? `${agentName} has a question` : `${agentName} asks to use ${tool}`)
      .slice(0, 200)
      .toWellFormed(),
    paragraphs: [
      ...(said ? [cut(said)] : []),
      ...asked,
      ...(isTainted
        ? ['The run has read text from outside, which may be what wants this. Look at the arguments closely.']
        : []),
      `${startedByName ?? 'Somebody'} had asked it: ${cut(runInput)}`,
      `The run waits until ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC; then it goes on ${isQuestion ? 'without an answer' : 'without the call'}.`,
    ],
    action: { label: isQuestion ? 'Answer it' : 'Decide', url: `${publicUrl()}/${slug}/approvals/${id}` },
    footnote: 'You get this because you may decide it. Whoever decides first decides.',
  };
}
