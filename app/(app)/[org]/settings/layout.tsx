import type { ReactNode } from 'react';
import { SettingsNav } from './_components/settings-nav';

export default function SettingsLayout({ children }: { children: ReactNode }) {
  return (
    <div className="flex max-w-5xl flex-col gap-4 px-4 py-4 sm:px-6 min-[900px]:flex-row min-[900px]:gap-10">
      <SettingsNav />
      <div className="min-w-0 max-w-180 flex-1 pb-16">{children}</div>
    </div>
  );
}
