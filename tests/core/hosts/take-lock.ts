import { takeProjectLock } from '../../../core/hosts/project-lock.ts'

/** A process of its own that tries for a project's lock, says how it went, and keeps it until it is ended. */
const [slipwayFolder = '', startAt = '0'] = process.argv.slice(2)
while (Date.now() < Number(startAt));
const attempt = takeProjectLock(slipwayFolder, { address: `/run/${process.pid}/core.sock`, version: '1.0.0' })
process.stdout.write(
  `${JSON.stringify({ state: attempt.state, by: attempt.state === 'held' ? attempt.by.pid : process.pid })}\n`,
)
setInterval(() => undefined, 60_000)
