import { serve } from 'inngest/next';
import { functions } from '@/inngest';
import { inngest } from '@/inngest/client';
import { createLocalServe, setLocalServe } from '@/inngest/embedded';
import { env } from '@/lib/env';

/**
 * Where Inngest, or the embedded runner, calls the functions; every call is signed. PUT announces them again, at our own
 * address whatever the request calls us.
 */
export const { GET, POST, PUT } = serve({ client: inngest, functions, serveOrigin: env.MUSTER_URL });

// Of `npm run dev` every call goes over HTTP: that is what makes Next load functions again when they have been edited.
if (env.NODE_ENV === 'production') setLocalServe(createLocalServe({ client: inngest, functions }));
