/** How often the page looks again. */
export const REFRESH_MS = 3_000;
