import { z } from 'zod';
import type { HumanTool } from './tool';

const input = z.object({
  question: z.string().min(1).max(4_000).describe('The whole question, understandable without the conversation'),
});

/** Definition only: the run waits for the answer, which becomes the tool's result. */
export const askHuman: HumanTool<typeof input> = {
  name: 'ask_human',
  label: 'Ask a human',
  does: 'Asks a person and waits for the answer, for days if need be.',
  group: 'people',
  reads: 'trusted',
  effect: 'none',
  human: true,
  description:
    'Ask a person a question and wait for the answer, which may take days. For decisions, approvals and facts only people know.',
  inputSchema: input,
};
