'use client';

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '@/components/ui/button';

export function useCopy(): [copied: boolean, copy: (text: string) => Promise<void>] {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);
  return [
    copied,
    async (text) => {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    },
  ];
}

export function CopyButton({ text, label, className }: { text: string; label: string; className?: string }) {
  const [copied, copy] = useCopy();
  const Icon = copied ? Check : Copy;
  return (
    <Button variant="ghost" size="icon-sm" className={className} aria-label={label} onClick={() => copy(text)}>
      <Icon className="size-3.5 text-muted-foreground" />
      <span className="sr-only" aria-live="polite">
        {copied ? 'Copied' : ''}
      </span>
    </Button>
  );
}
