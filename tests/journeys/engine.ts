import { createDockerEngine } from '../../core/images/docker-engine.ts'

/** With SLIPWAY_REQUIRE_ALL=1 nothing may be left out: what is missing is a failure then. */
const requireAll = process.env.SLIPWAY_REQUIRE_ALL === '1'

/** For `test.skip`: whether this computer has no container engine, and nobody demanded one. */
export async function lacksEngine(): Promise<boolean> {
  const { state } = await createDockerEngine().status()
  return state !== 'ready' && !requireAll
}
