import { NextRequest } from 'next/server';
import { expect, test, vi } from 'vitest';
import { GET, POST } from '@/app/api/auth/[...nextauth]/route';
import { log } from '../log';

const post = (path: string, type: string, body: string) =>
  POST(
    new NextRequest(`http://localhost/api/auth/${path}`, { method: 'POST', headers: { 'content-type': type }, body }),
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

test('what anybody may send is no error in the log', async () => {
  const errors = vi.spyOn(log, 'error');
  const cookie = 'authjs.session-token=garbage';
  const session = await GET(new NextRequest('http://localhost/api/auth/session', { headers: { cookie } }));
  expect(await session.json()).toBeNull();
  await post('callback/credentials', 'application/x-www-form-urlencoded', 'email=a&password=b');
  expect(errors).not.toHaveBeenCalled();
  errors.mockRestore();
});
