'use client';

import { type ReactNode, useState } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { formatBytes } from '@/lib/format';
import { CopyButton } from './copy-button';

const SHOWN = 64 * 1024;

/** Text as it is: selectable, copyable, cut at 64 KB until asked for all of it. */
export function CodeBlock({
  text,
  label = 'Copy',
  className,
  render = (shown) => shown,
}: {
  text: string;
  label?: string;
  className?: string;
  render?: (shown: string) => ReactNode;
}) {
  const [all, setAll] = useState(false);
  const cut = !all && text.length > SHOWN;
  return (
    <div className={cn('rounded-md border bg-muted/50', className)}>
      <div className="group scroll-thin max-h-112 overflow-auto">
        <CopyButton
          text={text}
          label={label}
          className="sticky top-1 float-right mt-1 mr-1 ml-1 bg-background/80 opacity-0 transition-opacity focus-visible:opacity-100 group-hover:opacity-100"
        />
        <pre className="whitespace-pre-wrap break-words px-3 py-2 font-mono text-xs leading-relaxed">
          {render(cut ? text.slice(0, SHOWN) : text)}
          {cut && '…'}
        </pre>
      </div>
      {cut && (
        <div className="flex items-center justify-between gap-2 border-t px-3 py-1.5 text-muted-foreground text-xs">
          <span>
            {formatBytes(SHOWN)} of {formatBytes(text.length)}
          </span>
          <Button variant="link" size="inline" className="text-xs" onClick={() => setAll(true)}>
            Show all
          </Button>
        </div>
      )}
    </div>
  );
}
