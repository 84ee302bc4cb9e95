import { describe } from 'vitest'
import { createDockerEngine } from '../../core/images/docker-engine.ts'

/** With SLIPWAY_REQUIRE_ALL=1 nothing may be left out: what is missing is a failure then. */
const requireAll = process.env.SLIPWAY_REQUIRE_ALL === '1'

/** `describe` for tests that need a container engine; without one they say "skipped: no engine". */
export async function requireEngine(): Promise<(name: string, tests: () => void) => void> {
  const status = await createDockerEngine().status()
  if (status.state === 'ready' || requireAll) return (name, tests) => describe(name, tests)
  return (name, tests) => describe.runIf(false)(`${name} (skipped: no engine)`, tests)
}
