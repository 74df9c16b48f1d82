export { createRunnerServer } from './http-server';
export { createLocalServe, setLocalServe } from './local-serve';
export type { OutboundAnswer, OutboundRequest } from './outbound';
export { getEmbeddedRunner, setEmbeddedRunner } from './registry';
export { createEmbeddedRunner, type EmbeddedRunner } from './runner';
