// Who may import whom; the table is docs/architecture.md. `to.path` patterns are of resolved files.
const npm = 'node_modules';
const tests = '\\.test\\.tsx?$';

/** `from` imports nothing of the project but what `allowed` matches. */
const only = (name, from, allowed, extra = {}) => ({
  name,
  severity: 'error',
  from: { path: from, pathNot: [tests, '/testing/'], ...extra },
  to: {
    pathNot: [npm, ...allowed],
    dependencyTypesNot: ['core', 'npm', 'npm-dev', 'npm-peer', 'npm-optional', 'npm-no-pkg', 'unknown'],
  },
});
const never = (name, from, to, extra = {}) => ({
  name,
  severity: 'error',
  from: { path: from, pathNot: [tests, '/testing/'] },
  to: { path: to, ...extra },
});

/** Server folders that every domain may use; the others are domains. */
const SHARED = '(?:audit|auth|http|sandbox|secrets|telemetry|tools|trpc|api)';

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    only('lib', '^lib/', ['^lib/'], { pathNot: [tests, '^lib/trpc/client\\.tsx$'] }),
    {
      ...only('lib-trpc-client', '^lib/trpc/client\\.tsx$', ['^lib/']),
      to: { path: '^(?:app|components|db|inngest|server)/', dependencyTypesNot: ['type-only'] },
    },
    only('db', '^db/', ['^db/', '^lib/(?:contracts/|(?:env|causes|lanes)\\.ts)']),
    only('queries', '^server/([^/]+)/queries\\.ts$', [
      '^db/',
      '^lib/',
      '^server/(?:context|errors|paging)\\.ts$',
      '^server/$1/(?!router)',
    ]),
    never('queries-npm', '^server/[^/]+/queries\\.ts$', 'node_modules/(?:@trpc|next|ai)/'),
    never('service-npm', '^server/(?!trpc/|auth/)[^/]+/(?!router)[^/]+\\.ts$', 'node_modules/(?:@trpc|next)/'),
    {
      name: 'domains-meet-at-services',
      severity: 'error',
      from: { path: '^server/([^/]+)/', pathNot: [tests, '/testing/', '^server/trpc/', '^server/api/'] },
      to: {
        path: '^server/[^/]+/',
        pathNot: ['^server/$1/', `^server/${SHARED}/`, '^server/[^/]+/service\\.ts$', '^server/models/call\\.ts$'],
      },
    },
    only('router', '^server/([^/]+)/router\\.ts$', ['^lib/', '^server/trpc/', '^server/$1/(?!queries)']),
    only('functions', '^inngest/functions/', [
      '^lib/',
      '^inngest/(?:client|events)\\.ts$',
      '^server/(?![^/]+/(?:router|queries)\\.ts)',
    ]),
    only('embedded-runner', '^inngest/embedded/', [
      '^inngest/embedded/',
      '^lib/',
      '^db/(?:client|columns)\\.ts$',
      '^db/schema/runner\\.ts$',
    ]),
    only('components', '^components/', ['^components/', '^lib/']),
    only('pages', '^app/(?!api/)', [
      '^app/',
      '^components/',
      '^lib/',
      '^server/trpc/rsc\\.tsx$',
      '^server/auth/session\\.ts$',
    ]),
    never('routes', '^app/api/', '^(?:db/|server/[^/]+/queries\\.ts)'),
    never('tests-stay-out', '^(?:app|components|lib|db|server|inngest)/', '/testing/|\\.test\\.tsx?$'),
    {
      name: 'no-dev-packages',
      severity: 'error',
      from: { path: '^(?:app|components|lib|db|server|inngest)/', pathNot: [tests, '/testing/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.css$' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
    webpackConfig: { fileName: './scripts/import-aliases.cjs' },
  },
};
