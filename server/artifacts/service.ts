import { createHash } from 'node:crypto';
import { type Artifact, type ArtifactRef, MAX_ARTIFACT_BYTES } from '@/lib/contracts/artifacts';
import type { RunRef } from '@/lib/contracts/runs';
import { type OrgContext, requirePermission, withTenant } from '../context';
import { Invalid, LimitExceeded } from '../errors';
import * as queries from './queries';

const MAX_RUN_BYTES = 50_000_000;

/** What a run has written. */
export async function listArtifacts(ctx: OrgContext, { runId }: RunRef): Promise<Artifact[]> {
  requirePermission(ctx, 'runs:read');
  return withTenant(ctx, (tx) => queries.selectArtifacts(tx, runId));
}

/** A file with its content. @throws NotFound */
export async function getArtifact(ctx: OrgContext, { artifactId }: ArtifactRef) {
  requirePermission(ctx, 'runs:read');
  return withTenant(ctx, (tx) => queries.getArtifact(tx, artifactId));
}

/** For a run itself. @throws Invalid for a file that is too large, LimitExceeded for one too many. */
export async function writeArtifact(
  ctx: OrgContext,
  file: { runId: string; name: string; contentType: string; content: Buffer },
): Promise<Artifact> {
  requirePermission(ctx, 'runs:start');
  const bytes = file.content.byteLength;
  if (bytes > MAX_ARTIFACT_BYTES) throw new Invalid(`A file has at most ${MAX_ARTIFACT_BYTES / 1e6} MB.`);
  const sha256 = createHash('sha256').update(file.content).digest('hex');
  return withTenant(ctx, async (tx) => {
    if ((await queries.sumOthers(tx, file.runId, file.name)) + bytes > MAX_RUN_BYTES) {
      throw new LimitExceeded(`The files of a run have at most ${MAX_RUN_BYTES / 1e6} MB together.`);
    }
    return queries.upsertArtifact(tx, { ...file, bytes, sha256 });
  });
}

/** For a run itself. */
export async function findArtifact(ctx: OrgContext, runId: string, name: string) {
  requirePermission(ctx, 'runs:start');
  return withTenant(ctx, (tx) => queries.findByName(tx, runId, name));
}

/** The names a run can read, for what went wrong. */
export async function namesOf(ctx: OrgContext, runId: string): Promise<Artifact[]> {
  requirePermission(ctx, 'runs:start');
  return withTenant(ctx, (tx) => queries.selectArtifacts(tx, runId));
}
