import { expect, test } from 'vitest';
import { agentFilter } from './list-input';

const filterOf = (query: string) => agentFilter(new URLSearchParams(query));

test.each(['', 'status=all', 'status=constructor', 'status=__proto__'])(
  '?%s lists drafts and active agents',
  (query) => {
    expect(filterOf(query)).toEqual({ query: '', status: ['draft', 'active'] });
  },
);

test('a status, words and tags of the address', () => {
  expect(filterOf('status=archived&q=Ada&tags=a%252Cb,c')).toEqual({
    query: 'Ada',
    status: ['archived'],
    tags: ['a,b', 'c'],
  });
});
