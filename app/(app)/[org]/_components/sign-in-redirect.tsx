'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';

/** To sign-in, and back to exactly this address: only the browser knows the whole of it. */
export function SignInRedirect() {
  const router = useRouter();
  useEffect(() => {
    const { pathname, search } = window.location;
    router.replace(`/sign-in?next=${encodeURIComponent(pathname + search)}`);
  }, [router]);
  return (
    <noscript>
      <a href="/sign-in">Sign in</a>
    </noscript>
  );
}
