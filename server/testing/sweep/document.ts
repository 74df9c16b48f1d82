import { blankSpec } from '@/lib/contracts/agents';
import { toYaml } from '../../agents/documents';

/** A file with one agent. */
export const documentOf = (name: string): string =>
  toYaml([
    { apiVersion: 'muster/v1', kind: 'Agent', metadata: { name, description: '', tags: [] }, spec: blankSpec() },
  ]);
