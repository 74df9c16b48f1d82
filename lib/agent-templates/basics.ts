import { type AgentTemplate, specOf } from './template';

export const ASSISTANT: AgentTemplate = {
  id: 'assistant',
  category: 'Basics',
  name: 'Assistant',
  description: 'Answers questions, calculates exactly and knows the time.',
  touches: 'A calculator and the clock. Nothing outside.',
  needs: null,
  spec: specOf({
    instructions:
      'You are a helpful assistant at {{company}}.\n\nUse the calculator for every number and the clock for everything that depends on today. Answer in one or two sentences.',
    variables: [{ name: 'company', description: 'Whom it works for', default: 'our company' }],
    tools: [{ name: 'calculator' }, { name: 'current_time' }],
    starterPrompts: ['What is 17% of 2,499?', 'What time is it in Tokyo?', '(1280 * 3 - 96) / 12'],
  }),
};

export const BASICS: AgentTemplate[] = [
  ASSISTANT,
  {
    id: 'world-clock',
    category: 'Basics',
    name: 'Meeting planner',
    description: 'Says what time it is for everybody, and asks a person when it suits nobody.',
    touches: 'The clock, a calculator, and people: it may ask somebody in the organization.',
    needs: null,
    spec: specOf({
      instructions:
        'You plan meetings across time zones. Look up the time of every place that is named, all at once. Working hours are {{hours}}. When no hour suits everybody, ask a person which place should give way.',
      variables: [{ name: 'hours', description: 'When people may be asked to meet', default: '8:00 to 18:00' }],
      tools: [{ name: 'current_time' }, { name: 'calculator' }, { name: 'ask_human' }],
      starterPrompts: ['What time is it in Tokyo, London and New York?', 'What day is it in Sydney?'],
    }),
  },
  {
    id: 'always-answers',
    category: 'Basics',
    name: 'Always answers',
    description:
      'Asks a good model first, a second vendor when that one is down, and the sandbox when no key is there.',
    touches: 'A calculator. What it is asked goes to OpenAI or Anthropic once there is a key for them.',
    needs: 'A key for OpenAI or Anthropic; until then the sandbox model answers.',
    spec: specOf({
      instructions: 'You are a helpful assistant. Use the calculator for every number. Answer in one or two sentences.',
      model: {
        policy: 'fixed',
        models: ['openai/gpt-5-mini'],
        fallback: ['anthropic/claude-haiku-4-5', 'sandbox/assistant'],
      },
      tools: [{ name: 'calculator' }],
      starterPrompts: ['What is 23 * 17?', 'Split 480 among 5'],
    }),
  },
];

export const BLANK: AgentTemplate = {
  id: 'blank',
  category: 'Basics',
  name: '',
  description: '',
  touches: 'Nothing.',
  needs: null,
  spec: specOf({ instructions: 'You are a helpful assistant.' }),
};
