import { expect, test } from 'vitest';
import { isLocalAddress, readConnection } from './connection';

const from = (remoteAddress: string, headers: Record<string, string>) =>
  readConnection({ socket: { remoteAddress } as never, headers });

test.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '127.8.8.8'])(
  '%s with a name of this machine is local',
  (address) => {
    for (const host of ['localhost:3000', '127.0.0.1:3000', '[::1]:3000', 'localhost']) {
      expect(from(address, { host }).isLocal, host).toBe(true);
    }
  },
);

test.each([
  ['another machine', '10.0.0.7', { host: 'localhost:3000' }],
  ['another machine that says otherwise', '10.0.0.7', { host: 'localhost', 'x-forwarded-for': '127.0.0.1' }],
  ['a name that was pointed here', '127.0.0.1', { host: 'rebound.example:3000' }],
  ['a name that begins like ours', '127.0.0.1', { host: 'localhost.example' }],
  ['a name with somebody before it', '127.0.0.1', { host: 'localhost@rebound.example' }],
  ['no name', '127.0.0.1', {}],
  ['a proxy', '127.0.0.1', { host: 'localhost', 'x-forwarded-for': '203.0.113.9' }],
  ['a proxy of the standard', '127.0.0.1', { host: 'localhost', forwarded: 'for=203.0.113.9' }],
  ['a tunnel', '127.0.0.1', { host: 'localhost', 'cf-connecting-ip': '203.0.113.9' }],
])('%s is not local', (_, address, headers) => {
  expect(from(address, headers as Record<string, string>).isLocal).toBe(false);
});

test('an IPv4 address in IPv6 clothes is told as it is', () => {
  expect(from('::ffff:203.0.113.9', {}).address).toBe('203.0.113.9');
});

test('what is no address leads nowhere', () => {
  expect(isLocalAddress('nonsense')).toBe(false);
});
