/** How deep causes are followed: one may be its own. */
const DEEPEST = 6;

/** An error and what it was thrown for: drivers and fetch wrap what a connection throws. */
export function* causesOf(error: unknown): Generator<Error & { code?: unknown }> {
  for (let at = error, depth = 0; at instanceof Error && depth < DEEPEST; at = at.cause, depth += 1) yield at;
}
