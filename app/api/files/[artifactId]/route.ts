import { ArtifactRef } from '@/lib/contracts/artifacts';
import { OrgInput } from '@/lib/contracts/people';
import { toResponse } from '@/server/api/problem';
import { getArtifact } from '@/server/artifacts/service';
import { recordDenied } from '@/server/audit/service';
import type { OrgContext } from '@/server/context';
import { Forbidden, Unauthorized } from '@/server/errors';
import { openOrganization } from '@/server/organizations/service';
import { createContext } from '@/server/trpc/init';

/** Shown in a page; everything else is only saved. */
const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

/** A file that a run wrote, for a browser that is signed in. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ artifactId: string }> },
): Promise<Response> {
  let org: OrgContext | undefined;
  try {
    const ctx = await createContext({ headers: request.headers });
    const { session } = ctx;
    if (!session) throw new Unauthorized('Sign in first.');
    const query = Object.fromEntries(new URL(request.url).searchParams);
    org = await openOrganization({ ...ctx, session }, OrgInput.parse(query).org);
    const { name, contentType, content } = await getArtifact(org, ArtifactRef.parse(await params));
    const isPicture = PICTURES.includes(contentType);
    return new Response(new Uint8Array(content), {
      headers: {
        'content-type': isPicture ? contentType : 'application/octet-stream',
        'content-disposition': `${isPicture ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(name).replace(/[()]/g, escape)}`,
        'content-security-policy': "default-src 'none'; sandbox",
        'x-content-type-options': 'nosniff',
        'cache-control': 'private, no-store',
      },
    });
  } catch (error) {
    if (error instanceof Forbidden && org) await recordDenied(org, 'GET /api/files/[artifactId]');
    return toResponse(error, request);
  }
}
