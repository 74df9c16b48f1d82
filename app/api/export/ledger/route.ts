import { SpendInput } from '@/lib/contracts/ledger';
import { OrgInput } from '@/lib/contracts/people';
import { toResponse } from '@/server/api/problem';
import { recordDenied } from '@/server/audit/service';
import type { OrgContext } from '@/server/context';
import { Forbidden, Unauthorized } from '@/server/errors';
import { exportLedger } from '@/server/ledger/service';
import { openOrganization } from '@/server/organizations/service';
import { createContext } from '@/server/trpc/init';

/** The ledger as a file, for a browser that is signed in. */
export async function GET(request: Request): Promise<Response> {
  let org: OrgContext | undefined;
  try {
    const ctx = await createContext({ headers: request.headers });
    const { session } = ctx;
    if (!session) throw new Unauthorized('Sign in first.');
    const query = Object.fromEntries(new URL(request.url).searchParams);
    org = await openOrganization({ ...ctx, session }, OrgInput.parse(query).org);
    const { from, to, ...filter } = SpendInput.parse(query);
    const stream = await exportLedger(org, { from, to, ...filter });
    return new Response(stream, {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="ledger-${from}-${to}.csv"`,
        'cache-control': 'no-store',
      },
    });
  } catch (error) {
    if (error instanceof Forbidden && org) await recordDenied(org, 'GET /api/export/ledger');
    return toResponse(error, request);
  }
}
