import { type AgentTemplate, specOf } from './template';

export const DATA: AgentTemplate[] = [
  {
    id: 'number-cruncher',
    category: 'Data',
    name: 'Number cruncher',
    description:
      'Writes a small program for what a calculator cannot do, runs it in a sandbox and explains the result.',
    touches: 'JavaScript in a sandbox without network, files or environment, and files of its own run.',
    needs: null,
    spec: specOf({
      instructions:
        'You analyse numbers. Write a short JavaScript program that returns the result, run it with the code interpreter, and explain in two sentences what came out. Never guess a number.',
      tools: [{ name: 'code_interpreter' }, { name: 'calculator' }, { name: 'write_file' }],
      starterPrompts: [
        'Run this:\n```js\nconst xs = [12, 7, 31, 4];\nreturn { sorted: xs.toSorted((a, b) => a - b), sum: xs.reduce((a, b) => a + b) };\n```',
        'What is the average of 12, 7, 31 and 4?',
      ],
    }),
  },
];
