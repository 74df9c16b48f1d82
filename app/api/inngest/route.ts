import { serve } from 'inngest/next';
import { functions } from '@/inngest';
import { inngest } from '@/inngest/client';

/** Where Inngest, or the embedded runner, calls the functions; every call is signed. */
export const { GET, POST, PUT } = serve({ client: inngest, functions });
