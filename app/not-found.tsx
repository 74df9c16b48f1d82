import Link from 'next/link';
import { Mark } from '@/components/brand';
import { Button } from '@/components/ui/button';

export const metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <main className="mx-auto flex min-h-dvh max-w-sm flex-col items-start justify-center gap-3 px-6">
      <Mark className="size-7" />
      <h1 className="font-semibold text-xl">There is nothing at this address</h1>
      <p className="text-base text-muted-foreground">
        It was moved, deleted, or belongs to an organization you are not a member of.
      </p>
      <Button asChild variant="outline" className="mt-2">
        <Link href="/">Go to the start</Link>
      </Button>
    </main>
  );
}
