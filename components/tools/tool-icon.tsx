import {
  Bot,
  Calculator,
  Clock,
  Code,
  Database,
  FileText,
  Globe,
  Hand,
  type LucideIcon,
  Plug,
  Wrench,
} from 'lucide-react';
import type { ToolGroup } from '@/lib/contracts/tools';

const ICONS: Record<ToolGroup, LucideIcon> = {
  people: Hand,
  numbers: Calculator,
  time: Clock,
  web: Globe,
  code: Code,
  files: FileText,
  data: Database,
  agents: Bot,
  custom: Wrench,
  remote: Plug,
};

export function ToolIcon({ group, className }: { group: ToolGroup; className?: string }) {
  const Icon = ICONS[group];
  return <Icon className={className} aria-hidden />;
}
