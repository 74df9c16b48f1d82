export { describeFlow } from './describe-flow';
export { createRunnerServer } from './http-server';
export { createLocalServe, setLocalServe } from './local-serve';
export { createOperator, type Operator } from './operator';
export type { OutboundAnswer, OutboundRequest } from './outbound';
export { findEmbeddedRunner, getEmbeddedRunner, setEmbeddedRunner } from './registry';
export { createEmbeddedRunner, type EmbeddedRunner } from './runner';
