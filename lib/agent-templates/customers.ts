import type { Guard } from '../contracts/guardrails';
import { type AgentTemplate, specOf } from './template';

const PERSONAL: Guard = {
  type: 'pii',
  kinds: ['email', 'phone', 'credit_card', 'iban', 'ip_address', 'us_ssn'],
  action: 'redact',
  region: 'US',
};

export const CUSTOMERS: AgentTemplate[] = [
  {
    id: 'refund-desk',
    category: 'Customers',
    name: 'Refund desk',
    description: 'Works out a refund and asks a person before it confirms.',
    touches: 'A calculator, and people: nothing is confirmed before somebody decided.',
    needs: null,
    spec: specOf({
      instructions:
        'You handle refunds. Work out the amount with the calculator, then ask a person whether to approve it. Say what was decided.',
      tools: [{ name: 'calculator' }, { name: 'ask_human' }],
      starterPrompts: ['Ask a person whether order 1042 may be refunded.', 'What is 30% of 249.90?'],
    }),
  },
  {
    id: 'ticket-triage',
    category: 'Customers',
    name: 'Ticket triage',
    description: 'Reads a message and says, as JSON, what it is about, how urgent it is and who wrote it.',
    touches: 'Nothing but the message. Card numbers are taken out before it is read.',
    needs: null,
    spec: specOf({
      kind: 'task',
      instructions:
        'You sort messages of customers. Choose one category and one priority: urgent only for outages and security, high for money that is wrong. Write a summary of one sentence.',
      guardrails: {
        input: [{ type: 'pii', kinds: ['credit_card', 'iban'], action: 'redact', region: 'US' }],
        output: [],
      },
      output: {
        name: 'ticket',
        schema: {
          type: 'object',
          properties: {
            category: { type: 'string', enum: ['billing', 'outage', 'account', 'feature', 'other'] },
            priority: { type: 'string', enum: ['urgent', 'high', 'normal'] },
            email: { type: 'string', description: 'Of whoever wrote it; empty when not told' },
            summary: { type: 'string' },
          },
          required: ['category', 'priority', 'email', 'summary'],
          additionalProperties: false,
        },
      },
      starterPrompts: [
        'Billing: my card 4111 1111 1111 1111 was charged twice, high priority. Kim, kim@example.com',
        'Since this morning nobody here can sign in to their account. urgent!',
      ],
    }),
  },
  {
    id: 'private-desk',
    category: 'Customers',
    name: 'Private desk',
    description: 'Helps without ever seeing, keeping or repeating personal data.',
    touches: 'A calculator. E-mail addresses, phone, card and account numbers are taken out on the way in and out.',
    needs: null,
    spec: specOf({
      instructions:
        'You help customers of {{company}}. Personal data has been taken out of what you read: never ask for it again.',
      variables: [{ name: 'company', description: 'Whom it works for', default: 'our company' }],
      tools: [{ name: 'calculator' }],
      guardrails: {
        input: [{ type: 'length', max: 4_000 }, PERSONAL],
        output: [PERSONAL],
      },
      starterPrompts: ['I am kim@example.com, what is 20% of 80?', 'Call me at +1 212 555 0147 about 3 * 19.99'],
    }),
  },
];
