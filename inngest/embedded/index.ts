export { createLocalServe, setLocalServe } from './local-serve';
export { getEmbeddedRunner, setEmbeddedRunner } from './registry';
export { createEmbeddedRunner, type EmbeddedRunner } from './runner';
