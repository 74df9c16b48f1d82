export { getEmbeddedRunner, setEmbeddedRunner } from './registry';
export { createEmbeddedRunner, type EmbeddedRunner } from './runner';
