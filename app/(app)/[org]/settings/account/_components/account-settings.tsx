'use client';

import { useSuspenseQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTRPC } from '@/lib/trpc/client';
import { SettingsSection } from '../../_components/settings-section';
import { EmailForm } from './email-form';
import { Identities } from './identities';
import { NameForm } from './name-form';
import { PasswordForm } from './password-form';

/** What belongs to the person, whatever the organization. */
export function AccountSettings() {
  const { data: account } = useSuspenseQuery(useTRPC().people.account.queryOptions());
  return (
    <>
      <SettingsSection level={1} title="Account" help="Yours alone, and the same in every organization.">
        <NameForm key={account.name} name={account.name} />
      </SettingsSection>
      <SettingsSection
        title="E-mail"
        help={
          <>
            You sign in as <strong className="break-words font-medium text-foreground">{account.email}</strong>. Another
            address takes effect when you open the link that is sent there.
          </>
        }
      >
        {account.hasPassword ? <EmailForm /> : <NoPassword what="address" />}
      </SettingsSection>
      <SettingsSection title="Password" help="A new one signs out every other browser and lets links under way expire.">
        {account.hasPassword ? <PasswordForm email={account.email} /> : <NoPassword what="password" />}
      </SettingsSection>
      {account.identities.length > 0 && <Identities identities={account.identities} />}
    </>
  );
}

function NoPassword({ what }: { what: string }) {
  return (
    <p className="text-muted-foreground">
      You have no password yet, and changing your {what} asks for one. A{' '}
      <Link href="/forgot-password" className="focus-ring rounded-sm text-link underline underline-offset-2">
        link in a mail
      </Link>{' '}
      lets you choose one.
    </p>
  );
}
