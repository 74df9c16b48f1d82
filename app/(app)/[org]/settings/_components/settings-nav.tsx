'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useOrg } from '@/components/frame/org-context';
import { settingsPages } from '@/components/frame/settings-pages';
import { cn } from '@/components/ui/cn';

export function SettingsNav() {
  const { slug, can } = useOrg();
  const path = usePathname();
  return (
    <nav aria-label="Settings" className="shrink-0 min-[900px]:w-40">
      <p className="px-2 pb-2 font-semibold text-lg max-[900px]:sr-only">Settings</p>
      <ul className="flex flex-wrap gap-1 min-[900px]:flex-col min-[900px]:gap-px">
        {settingsPages(can).map((page) => {
          const href = `/${slug}${page.path}`;
          return (
            <li key={href}>
              <Link
                href={href}
                aria-current={path === href ? 'page' : undefined}
                className={cn(
                  'focus-ring flex h-8 items-center whitespace-nowrap rounded-md px-2 font-medium text-muted-foreground hover:bg-accent hover:text-foreground',
                  path === href && 'bg-accent text-foreground',
                )}
              >
                {page.label}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
