'use client';

import { Menu, PanelLeft, Search } from 'lucide-react';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { Sheet, SheetContent, SheetDescription, SheetTitle, SheetTrigger } from '@/components/ui/sheet';
import { Tooltip } from '@/components/ui/tooltip';
import { CommandsProvider } from './commands';
import { useOpenPanel } from './open-panel';
import { OrgSwitch } from './org-switch';
import { Rail } from './rail';
import { useRailState } from './rail-state';
import { UserMenu } from './user-menu';

/** Everything around a page of the product: the rail, the palette, the keyboard. */
export function AppFrame({ children }: { children: ReactNode }) {
  return (
    <CommandsProvider>
      <a
        href="#main"
        className="sr-only rounded-md bg-primary px-3 py-1.5 text-primary-foreground focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-50"
      >
        Skip to the page
      </a>
      <div className="flex h-dvh flex-col bg-sidebar md:flex-row">
        <DesktopRail />
        <MobileBar />
        <main
          id="main"
          tabIndex={-1}
          className="scroll-thin relative min-h-0 min-w-0 flex-1 overflow-y-auto bg-background outline-none md:border-l"
        >
          {children}
        </main>
      </div>
    </CommandsProvider>
  );
}

function DesktopRail() {
  const [collapsed, toggle] = useRailState();
  return (
    <div
      className={`hidden shrink-0 flex-col md:flex ${collapsed ? 'w-13' : 'w-58'}`}
      data-collapsed={collapsed || undefined}
    >
      <div className="flex flex-col gap-1 p-2">
        <OrgSwitch collapsed={collapsed} />
        <SearchButton collapsed={collapsed} />
      </div>
      <Rail collapsed={collapsed} />
      <div className={`flex gap-1 p-2 ${collapsed ? 'flex-col items-center' : 'items-center'}`}>
        <UserMenu collapsed={collapsed} />
        <Tooltip label={collapsed ? 'Widen the rail' : 'Narrow the rail'} side="right">
          <Button
            variant="ghost"
            size="icon"
            aria-label={collapsed ? 'Widen the rail' : 'Narrow the rail'}
            onClick={toggle}
          >
            <PanelLeft className="text-muted-foreground" />
          </Button>
        </Tooltip>
      </div>
    </div>
  );
}

function MobileBar() {
  // A new page is a new, closed sheet.
  const path = usePathname();
  return (
    <div className="flex h-12 shrink-0 items-center gap-1 border-b px-2 md:hidden">
      <Sheet key={path}>
        <SheetTrigger asChild>
          <Button variant="ghost" size="icon" aria-label="Menu">
            <Menu />
          </Button>
        </SheetTrigger>
        <SheetContent side="left" className="bg-sidebar">
          <SheetTitle className="sr-only">Menu</SheetTitle>
          <SheetDescription className="sr-only">Pages of this organization</SheetDescription>
          <div className="p-2 pr-12">
            <OrgSwitch collapsed={false} />
          </div>
          <Rail collapsed={false} />
          <div className="p-2">
            <UserMenu collapsed={false} />
          </div>
        </SheetContent>
      </Sheet>
      <div className="min-w-0 flex-1">
        <OrgSwitch collapsed={false} />
      </div>
      <SearchButton collapsed />
    </div>
  );
}

function SearchButton({ collapsed }: { collapsed: boolean }) {
  const show = useOpenPanel();
  if (collapsed) {
    return (
      <Button variant="ghost" size="icon" aria-label="Search" onClick={() => show('palette')}>
        <Search className="text-muted-foreground" />
      </Button>
    );
  }
  return (
    <button
      type="button"
      onClick={() => show('palette')}
      className="focus-ring flex h-8 items-center gap-2 rounded-md border bg-background px-2 text-muted-foreground transition-colors hover:border-input"
    >
      <Search className="size-4" aria-hidden />
      <span className="flex-1 text-left">Search</span>
      <kbd className="font-sans text-2xs">⌘K</kbd>
    </button>
  );
}
