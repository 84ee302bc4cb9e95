/**
 * A module of Node as CommonJS gets it: for an import Node makes a copy of each member, and loads streams, readline and
 * more for that. Before 20.16 there is no other way.
 * @type {NodeJS.Require}
 */
export const builtin =
  'getBuiltinModule' in process
    ? (name) => process.getBuiltinModule(name)
    : (await import('node:module')).createRequire(import.meta.url)
