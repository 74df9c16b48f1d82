import { randomBytes } from 'node:crypto';
import { blankSpec } from '@/lib/contracts/agents';
import { publicUrl } from '@/lib/env';
import { createAgent } from '@/server/agents/service';
import { createApiKey } from '@/server/api-keys/service';
import { withTenant } from '@/server/context';
import { log } from '@/server/log';
import { makeOperator } from '@/server/operator/service';
import { openOrganization } from '@/server/organizations/service';
import { createAccount } from '@/server/people/service';

/** How to sign in to a fresh server, and how a program reaches it. */
export interface OwnerFile {
  url: string;
  organization: string;
  email: string;
  password: string;
  apiKey: string;
  demoAgentId: string;
}

const DEMO_INSTRUCTIONS = `You are the demo agent of Muster. Answer briefly and exactly, in Markdown.

- Work out every figure with the calculator; never in your head.
- Ask for the current time when the question depends on it.
- Fetch an address when you are given one.
- Ask a person when you are told to.`;

/** The first organization, with its owner, a demo agent and an API key. */
export async function makeFirstOrganization(): Promise<OwnerFile> {
  const request = { id: 'first-start', ip: null, userAgent: null };
  const email = 'owner@muster.local';
  const password = randomBytes(15).toString('base64url');
  const { userId, org } = await createAccount({ name: 'Owner', email, password, organization: 'Demo' }, request);
  await makeOperator(userId);
  const session = { user: { id: userId, name: 'Owner', email }, sessionId: 'first-start' };
  const ctx = await openOrganization({ session, request, log }, org);
  const agent = await withTenant(ctx, (tx) =>
    createAgent(tx, {
      name: 'Demo agent',
      description: 'Calculates, tells the time, fetches pages and asks people; works offline with a sandbox model.',
      tags: ['demo'],
      spec: {
        ...blankSpec(),
        instructions: DEMO_INSTRUCTIONS,
        tools: [{ name: 'calculator' }, { name: 'current_time' }, { name: 'http_request' }, { name: 'ask_human' }],
        starterPrompts: [
          'What is 17 % of 2,499?',
          'What time is it in Tokyo, and how much is 12 * 12?',
          'Ask me which colour I like.',
        ],
      },
      publish: true,
    }),
  );
  const key = await createApiKey(ctx, {
    name: 'First start',
    scopes: [
      'agents:read',
      'agents:write',
      'agents:publish',
      'runs:read',
      'runs:start',
      'runs:cancel',
      'spend:read',
      'budgets:read',
    ],
  });
  return {
    url: publicUrl(),
    organization: org,
    email,
    password,
    apiKey: key.token,
    demoAgentId: agent.id,
  };
}
