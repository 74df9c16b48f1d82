'use client';

import { useOrg } from '@/components/frame/org-context';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import { ROLE_LABELS, ROLES, type Role } from '@/lib/permissions';

/** The roles that whoever is looking may give, each with what it allows. */
export function RoleSelect({
  id,
  value,
  label,
  disabled,
  onChange,
}: {
  id?: string;
  value: Role;
  label?: string;
  disabled?: boolean;
  onChange: (role: Role) => void;
}) {
  const { role: mine } = useOrg();
  return (
    <Select value={value} onValueChange={(role) => onChange(role as Role)} disabled={disabled}>
      <SelectTrigger id={id} aria-label={label} className="w-36">
        <SelectValue />
      </SelectTrigger>
      <SelectContent align="end" className="w-72">
        {ROLES.filter((role) => role !== 'org_owner' || mine === 'org_owner').map((role) => (
          <SelectItem key={role} value={role} detail={ROLE_LABELS[role].does}>
            {ROLE_LABELS[role].label}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}
