import { ensureBuilt, failStart, serve, stopOnSignal } from './serve';

const onProgress = (what: string) => console.log(`… ${what}`);

try {
  ensureBuilt(onProgress);
  const server = await serve({ onProgress });
  stopOnSignal(server);
  if (server.ownerFile) console.log(`owner's credentials: ${server.ownerFile}`);
  console.log(`ready ${server.url}`);
} catch (error) {
  failStart(error);
}
