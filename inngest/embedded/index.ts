export { findEmbeddedRunner, getEmbeddedRunner, setEmbeddedRunner } from './registry';
export { createEmbeddedRunner, type EmbeddedRunner, type RunnerCounts, type RunnerOptions } from './runner';
export type { Transport } from './transport';
