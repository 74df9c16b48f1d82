import type { Approval } from '@/lib/contracts/approvals';
import type { MailMessage } from '@/lib/contracts/mail';
import { publicUrl } from '@/lib/env';
import { findTool } from '../tools/registry';

const SHOWN = 1_500;
const cut = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…`.toWellFormed() : text);

/** To somebody who may decide. */
export function approvalMail(to: string, slug: string, approval: Approval): MailMessage {
  const { id, agentName, kind, question, proposed, said, runInput, startedByName, expiresAt } = approval;
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
      ...warningOf(approval),
      `${startedByName ?? 'Somebody'} had asked it: ${cut(runInput)}`,
      `The run waits until ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC; then it goes on ${isQuestion ? 'without an answer' : 'without the call'}.`,
    ],
    action: { label: isQuestion ? 'Answer it' : 'Decide', url: `${publicUrl()}/${slug}/approvals/${id}` },
    footnote: 'You get this because you may decide it. Whoever decides first decides.',
  };
}

function warningOf({ isTainted, taintedBy }: Approval): string[] {
  if (!isTainted) return [];
  const readers = taintedBy.map((name) => findTool(name)?.label ?? name).join(', ');
  const how = readers ? `with ${readers}` : 'earlier in the conversation';
  return [
    `Warning: it has read text from outside (${how}), and that text may be what wants this call. Look closely at where the call goes and what it sends.`,
  ];
}
