'use client';

import { type RefObject, useEffect, useState } from 'react';
import { cn } from '@/components/ui/cn';

export const SECTIONS = [
  ['instructions', 'Instructions'],
  ['variables', 'Variables'],
  ['model', 'Model'],
  ['tools', 'Tools'],
  ['connectors', 'Connectors'],
  ['output', 'Output'],
  ['limits', 'Limits'],
  ['guardrails', 'Guardrails'],
  ['outside', 'Text from outside'],
  ['starters', 'Starter prompts'],
  ['details', 'Details'],
] as const;

/** The sections of the form; the one being read is marked. */
export function SectionList({ scroller }: { scroller: RefObject<HTMLElement | null> }) {
  const [current, setCurrent] = useState<string>(SECTIONS[0][0]);
  useEffect(() => {
    const root = scroller.current;
    if (!root) return;
    const follow = () => {
      const sections = [...root.querySelectorAll<HTMLElement>('[data-section]')];
      const atEnd = root.scrollTop + root.clientHeight >= root.scrollHeight - 4;
      const top = root.getBoundingClientRect().top + 80;
      const reached = sections.filter((section) => section.getBoundingClientRect().top <= top);
      const section = atEnd && root.scrollTop > 0 ? sections.at(-1) : (reached.at(-1) ?? sections[0]);
      if (section) setCurrent(section.id);
    };
    root.addEventListener('scroll', follow, { passive: true });
    return () => root.removeEventListener('scroll', follow);
  }, [scroller]);

  return (
    <nav aria-label="Sections" className="sticky top-0 hidden w-32 shrink-0 self-start pt-6 min-[1200px]:block">
      <ul className="grid gap-px">
        {SECTIONS.map(([id, label]) => (
          <li key={id}>
            <a
              href={`#${id}`}
              aria-current={current === id ? 'location' : undefined}
              onClick={(event) => {
                event.preventDefault();
                scroller.current?.querySelector(`#${id}`)?.scrollIntoView({ block: 'start' });
                setCurrent(id);
              }}
              className={cn(
                'focus-ring block rounded-sm border-transparent border-l-2 py-1 pl-2.5 text-muted-foreground text-xs hover:text-foreground',
                current === id && 'border-primary font-medium text-foreground',
              )}
            >
              {label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
