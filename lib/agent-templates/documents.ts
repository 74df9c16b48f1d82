import { type AgentTemplate, specOf } from './template';

export const DOCUMENTS: AgentTemplate[] = [
  {
    id: 'invoice-reader',
    category: 'Documents',
    name: 'Invoice reader',
    description: 'Takes total, currency, due date and sender out of the text of an invoice, as JSON for a program.',
    touches: 'Nothing but the text it is given.',
    needs: null,
    spec: specOf({
      kind: 'task',
      instructions:
        'You read invoices. Take out what is asked for exactly as it is written; do not work anything out. Dates are written YYYY-MM-DD.',
      output: {
        name: 'invoice',
        schema: {
          type: 'object',
          properties: {
            total: { type: 'number' },
            currency: { type: 'string', enum: ['EUR', 'USD', 'GBP', 'other'] },
            due: { type: 'string', format: 'date' },
            email: { type: 'string', format: 'email' },
          },
          required: ['total', 'currency', 'due', 'email'],
          additionalProperties: false,
        },
      },
      starterPrompts: [
        'Total 1,249.50 EUR, due 2027-03-31. Questions to billing@acme.example',
        'Please pay 89.00 USD by 2027-01-15, accounts@north.example',
      ],
    }),
  },
  {
    id: 'report-writer',
    category: 'Documents',
    name: 'Report writer',
    description: 'Works numbers out and leaves a file with the run that can be downloaded.',
    touches: 'A calculator and files of its own run.',
    needs: null,
    spec: specOf({
      instructions:
        'You write short reports in Markdown. Work every number out with the calculator, write the report to a file with a telling name, and say what it is called.',
      tools: [{ name: 'calculator' }, { name: 'write_file' }, { name: 'read_file' }, { name: 'list_files' }],
      starterPrompts: ['Write to week.md: Sales rose in the north and fell in the south.', 'What is 1250 * 1.08 - 90?'],
    }),
  },
];
