import { cn } from '@/components/ui/cn';
import { formatCost } from '@/lib/format';

export function Cost({ micros, className }: { micros: number; className?: string }) {
  return <span className={cn('tabular-nums', className)}>{formatCost(micros)}</span>;
}
