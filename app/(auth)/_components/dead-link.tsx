import { Unlink } from 'lucide-react';
import Link from 'next/link';
import { Button } from '@/components/ui/button';
import { AuthHead } from './auth-head';

/** A link that opens nothing, and where to get another one. */
export function DeadLink({ message, label, href }: { message?: string; label: string; href: string }) {
  return (
    <div role="alert">
      <Unlink className="mb-3 size-6 text-muted-foreground" aria-hidden />
      <AuthHead title="This link opens nothing">
        <p>{message ?? 'It is not complete. Open it from the mail again, or copy all of it.'}</p>
      </AuthHead>
      <Button asChild className="mt-6 h-9">
        <Link href={href}>{label}</Link>
      </Button>
    </div>
  );
}
