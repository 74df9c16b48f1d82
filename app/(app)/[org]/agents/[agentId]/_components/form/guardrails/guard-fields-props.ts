import type { Guard, GuardType } from '@/lib/contracts/guardrails';

/** What the fields of a guard are given. */
export interface GuardFieldsProps<T extends GuardType = GuardType> {
  guard: Extract<Guard, { type: T }>;
  problemOf: (field: string) => string | undefined;
  readonly: boolean;
  onGuard: (guard: Extract<Guard, { type: T }>) => void;
}
