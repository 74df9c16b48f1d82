import { ASSISTANT, BASICS, BLANK } from './basics';
import { CUSTOMERS } from './customers';
import { DATA } from './data';
import { DOCUMENTS } from './documents';
import { RESEARCH } from './research';
import type { AgentTemplate } from './template';

export { type AgentTemplate, CATEGORIES } from './template';
export { ASSISTANT, BLANK };

/** The gallery, in the order in which it is shown. */
export const AGENT_TEMPLATES: readonly AgentTemplate[] = [...BASICS, ...CUSTOMERS, ...DOCUMENTS, ...DATA, ...RESEARCH];
