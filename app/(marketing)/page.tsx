import Link from 'next/link';
import { Mark } from '@/components/brand';
import { Button } from '@/components/ui/button';
import { currentSession } from '@/server/auth/session';
import { Picture } from './_components/picture';
import { Points } from './_components/points';

export default async function LandingPage() {
  const session = await currentSession();
  return (
    <div className="min-h-dvh bg-sidebar">
      <header className="mx-auto flex max-w-6xl items-center gap-2 px-6 py-5">
        <span className="flex items-center gap-2 font-semibold text-base">
          <Mark /> Muster
        </span>
        <nav aria-label="Account" className="ml-auto flex gap-2">
          {session ? (
            <Button asChild>
              <Link href="/sign-in">Open Muster</Link>
            </Button>
          ) : (
            <>
              <Button asChild variant="ghost">
                <Link href="/sign-in">Sign in</Link>
              </Button>
              <Button asChild>
                <Link href="/sign-up">Create an account</Link>
              </Button>
            </>
          )}
        </nav>
      </header>
      <main className="mx-auto max-w-6xl px-6 pt-[7vh] pb-24">
        <h1 className="max-w-3xl text-balance font-semibold text-[2rem] leading-tight tracking-tight sm:text-[2.75rem]">
          Agents your team can build, run and account for
        </h1>
        <p className="max-w-2xl pt-4 text-lg text-muted-foreground">
          Write the instructions, choose a model and tools, test while you type. Every run is durable, watched live, and
          recorded down to the message, the token and the cent.
        </p>
        {!session && (
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2 pt-6">
            <Button asChild size="lg">
              <Link href="/sign-up">Create an account</Link>
            </Button>
            <p className="text-muted-foreground">Works without a key: a sandbox model is built in.</p>
          </div>
        )}
        <Picture />
        <Points />
      </main>
    </div>
  );
}
