import type { Permission } from '@/lib/permissions';

/** The pages of the settings that somebody with these permissions has. */
export function settingsPages(can: (permission: Permission) => boolean): { label: string; path: string }[] {
  const pages: { label: string; path: string; needs?: Permission }[] = [
    { label: 'General', path: '/settings', needs: 'organization:read' },
    { label: 'Members', path: '/settings/members', needs: 'members:read' },
    { label: 'Providers', path: '/settings/providers', needs: 'models:read' },
    { label: 'API keys', path: '/settings/api-keys', needs: 'api-keys:read' },
    { label: 'Secrets', path: '/settings/secrets', needs: 'secrets:read' },
    { label: 'Budgets', path: '/settings/budgets', needs: 'budgets:read' },
    { label: 'Account', path: '/settings/account' },
    { label: 'Sessions', path: '/settings/sessions' },
    { label: 'Audit', path: '/settings/audit', needs: 'audit:read' },
  ];
  return pages.filter(({ needs }) => !needs || can(needs)).map(({ label, path }) => ({ label, path }));
}
