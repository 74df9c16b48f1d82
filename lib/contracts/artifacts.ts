import { z } from 'zod';
import { Id } from './paging';
import { text } from './text';

export const MAX_ARTIFACT_BYTES = 5_000_000;

/** One line without a path. */
export const ArtifactName = text(120).regex(
  /^[\p{L}\p{N}_][\p{L}\p{N}_ .()+-]*$/u,
  'A name of letters, digits, spaces and _ . ( ) + -, without a path.',
);

/** A file that a run made. */
export const Artifact = z.object({
  id: Id,
  runId: Id,
  name: ArtifactName,
  contentType: z.string(),
  bytes: z.number().int(),
  sha256: z.string(),
  createdAt: z.date(),
});
export type Artifact = z.infer<typeof Artifact>;

export const ArtifactRef = z.object({ artifactId: Id });
export type ArtifactRef = z.infer<typeof ArtifactRef>;
