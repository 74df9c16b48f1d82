import type { AnswerProblem, AnswerStatus, Said, SayInput, VisitorTurn } from '@/lib/contracts/public-links';

/** What a visitor's browser asks for; the cookie that tells who they are goes along by itself. */

export interface PastConversation {
  id: string;
  title: string;
  createdAt: string;
}

export type Answer = { status: AnswerStatus; answer: string | null; problem: AnswerProblem | null };

/** Said to the visitor. */
class Refused extends Error {}

const OFFLINE = 'The line is down. Look at your connection and send it again.';
const CLOSED = 'This page is closed. Ask whoever gave you its address.';
const BROKEN = 'Something went wrong on our side. Try it again in a moment.';

async function call<T>(token: string, path: string, body?: unknown): Promise<T> {
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`/api/s/${token}/${path}`, body === undefined ? undefined : post).catch(() => {
    throw new Refused(OFFLINE);
  });
  if (response.ok) return response.json();
  if (response.status === 404) throw new Refused(CLOSED);
  const problem = await response.json().catch(() => ({}));
  throw new Refused(response.status < 500 && typeof problem.detail === 'string' ? problem.detail : BROKEN);
}

export const say = (token: string, input: Partial<SayInput>): Promise<Said> => call(token, 'messages', input);

export const stop = (token: string, runId: string): Promise<unknown> => call(token, `runs/${runId}/stop`, {});

export const listConversations = async (token: string): Promise<PastConversation[]> =>
  (await call<{ items: PastConversation[] }>(token, 'conversations')).items;

export const readConversation = async (token: string, id: string): Promise<VisitorTurn[]> =>
  (await call<{ items: VisitorTurn[] }>(token, `conversations/${id}`)).items;

export const eventsAddress = (token: string, runId: string): string => `/api/s/${token}/runs/${runId}/events`;

export const isOver = (status: AnswerStatus): boolean => status !== 'working' && status !== 'waiting';
