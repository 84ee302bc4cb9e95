import { join } from 'node:path'

/**
 * Where this is set, Python compiles anew all that it imports, in each of thousands of processes. Nobody's computer is
 * like that: packages keep what was compiled of them, and so they do here.
 */
delete process.env.PYTHONDONTWRITEBYTECODE

/** As the launcher has it: every `slipway` that a test starts is compiled once, not anew in each process. */
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '..', '.cache', 'compiled')
