'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import { useOrg } from '@/components/frame/org-context';
import { useTRPC } from '@/lib/trpc/client';
import { SettingsSection } from '../../_components/settings-section';
import { ProviderCard } from './provider-card';

export function Providers() {
  const { slug } = useOrg();
  const { data } = useSuspenseQuery(useTRPC().models.providers.queryOptions({ org: slug }));
  return (
    <SettingsSection
      level={1}
      title="Providers"
      help="Keys are encrypted, used by the server alone and never shown again. A key of the organization goes before one of the server's environment."
    >
      <ul className="divide-y rounded-md border">
        {data.map((status) => (
          <ProviderCard key={status.provider} status={status} />
        ))}
      </ul>
    </SettingsSection>
  );
}
