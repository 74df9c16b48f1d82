/** Calls in one request: a page has a dozen, and each of them is work. */
export const MAX_BATCH = 50;
