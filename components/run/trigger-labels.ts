import type { RunTrigger } from '@/lib/contracts/runs';

export const TRIGGER_LABELS: Record<RunTrigger, string> = {
  editor: 'Editor',
  app: 'App',
  api: 'API',
  demo: 'Demo',
  agent: 'Another agent',
  link: 'Public link',
};
