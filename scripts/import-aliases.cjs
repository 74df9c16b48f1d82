// The alias `@/` for dependency-cruiser, which reads it from a webpack configuration: its reader of tsconfig.json needs
// a TypeScript older than ours.
module.exports = { resolve: { alias: { '@': require('node:path').dirname(__dirname) } } };
