import { expect, test } from 'vitest';
import { POST } from '@/app/api/auth/[...nextauth]/route';

const post = (path: string, type: string, body: string) =>
  POST(
    // What Next makes of a request has more to it, which this route does without.
    new Request(`http://localhost/api/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    }) as never,
  );

const PATHS = ['session', 'signout', 'signin/oidc', 'callback/credentials', 'callback/ticket', 'nothing'];
const BODIES = [
  ['text/plain', 'x'],
  ['application/json', '{"a":'],
  ['application/json', 'null'],
  ['application/x-www-form-urlencoded', 'csrfToken=%00&email=%ff'],
  ['multipart/form-data; boundary=x', 'x'],
] as const;

test.each(PATHS.flatMap((path) => BODIES.map(([type, body]) => [path, type, body] as const)))(
  '/api/auth/%s is not our failure when it is sent %s: %s',
  async (path, type, body) => {
    const response = await post(path, type, body);
    expect(response.status).toBeLessThan(500);
  },
);
