export type RouteHandler = (request: Request, route: { params: Promise<Record<string, string>> }) => Promise<Response>;

// Next bundles each route and the server that calls them apart; they meet here.
const shared = globalThis as typeof globalThis & { musterHandlers?: Map<string, RouteHandler> };
shared.musterHandlers ??= new Map();

/** The handlers of the HTTP API that Next has loaded, by method and route: `GET /api/v1/agents/[agentId]`. */
export const handlers = shared.musterHandlers;
