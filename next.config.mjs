/** @type {import('next').NextConfig} */
export default {
  poweredByHeader: false,
  // A page is loaded when it is first asked for: all of them at the start are a second and 100 MB.
  experimental: { preloadEntriesOnStart: false },
  serverExternalPackages: [
    '@electric-sql/pglite',
    'pino',
    '@node-rs/argon2',
    'undici',
    'postgres',
    'prom-client',
    'isolated-vm',
    'libpg-query',
    'mongodb',
    'mysql2',
  ],
  // The test command checks types; whoever only starts the product does not wait for it.
  typescript: { ignoreBuildErrors: true },
  async headers() {
    return [
      {
        source: '/:path*',
        headers: [
          { key: 'X-Content-Type-Options', value: 'nosniff' },
          { key: 'X-Frame-Options', value: 'DENY' },
          { key: 'Referrer-Policy', value: 'strict-origin-when-cross-origin' },
        ],
      },
      // The address of a public link is what lets its visitors in: nobody else is told it.
      {
        source: '/s/:path*',
        headers: [
          { key: 'Referrer-Policy', value: 'no-referrer' },
          { key: 'X-Robots-Tag', value: 'noindex, nofollow' },
        ],
      },
    ];
  },
};
