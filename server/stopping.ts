// Routes, pages and the start script are bundled apart; one process stops once.
const shared = globalThis as typeof globalThis & { musterStopping?: AbortController };
shared.musterStopping ??= new AbortController();
const controller = shared.musterStopping;

/** Fires when this process begins to stop: whoever holds a connection open lets go, and its client comes back elsewhere. */
export const stopping: AbortSignal = controller.signal;

export const beginToStop = (): void => controller.abort();
