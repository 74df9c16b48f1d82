/** The limits of Inngest Cloud, kept here too, so that nothing works embedded and fails there. */
export const MAX_EVENT_BYTES = 512 * 1024;
export const MAX_EVENTS_PER_REQUEST = 5_000;
export const MAX_REQUEST_BYTES = 10 * 1024 * 1024;
/** A batch that has so much starts, full or not. */
export const MAX_BATCH_BYTES = 10 * 1024 * 1024;
export const MAX_STEP_BYTES = 4 * 1024 * 1024;
export const MAX_STATE_BYTES = 32 * 1024 * 1024;
export const MAX_STEPS = 1_000;

const megabytes = (bytes: number) => `${bytes / 1024 / 1024} MB`;

/** Why a run may not go on with what it holds; undefined while it may. */
export function limitExceeded(run: {
  stateBytes: number;
  steps: number;
  largestStepBytes?: number;
  outputBytes?: number;
}): string | undefined {
  if ((run.largestStepBytes ?? 0) > MAX_STEP_BYTES)
    return `A step returned more than ${megabytes(MAX_STEP_BYTES)}: return an id or an address instead of the content.`;
  if ((run.outputBytes ?? 0) > MAX_STEP_BYTES)
    return `The function returned more than ${megabytes(MAX_STEP_BYTES)}: return an id or an address instead of the content.`;
  if (run.stateBytes > MAX_STATE_BYTES)
    return `The steps of this run returned more than ${megabytes(MAX_STATE_BYTES)} together.`;
  if (run.steps > MAX_STEPS) return `This run has more than ${MAX_STEPS} steps: split the work into several functions.`;
  return undefined;
}
