import { failStart, serve, stopOnSignal } from './serve';

try {
  const server = await serve({ dev: true, onProgress: (what) => console.log(`… ${what}`) });
  stopOnSignal(server);
  if (server.ownerFile) console.log(`owner's credentials: ${server.ownerFile}`);
  console.log(`ready ${server.url}`);
} catch (error) {
  failStart(error);
}
