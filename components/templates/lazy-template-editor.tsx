'use client';

import dynamic from 'next/dynamic';
import { Skeleton } from '@/components/ui/skeleton';

/** The editor is large and needs a browser: it comes when a page shows it. */
export const LazyTemplateEditor = dynamic(() => import('./template-editor'), {
  ssr: false,
  loading: () => <Skeleton className="h-64 rounded-md" />,
});
