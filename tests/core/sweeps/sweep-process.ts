import { describeFailure } from '../../../core/domain/failure.ts'
import type { SweepRequest } from '../../../core/domain/sweep.ts'
import { openSweeps } from './open-sweeps.ts'

/** A core of its own that runs a sweep in the folder given; for tests that kill it. */
const [folder, homeFolder, environment, request] = process.argv.slice(2) as [string, string, 'bare', string]
const say = (line: string) => process.stdout.write(`${line}\n`)

try {
  const { sweeps, quiet } = await openSweeps(null, { folder, homeFolder, environment })
  sweeps.watch((event) => {
    if (event.kind === 'trial') say(`trial ${event.trial.number} ${event.trial.state}`)
  })
  const { done } = await sweeps.start(JSON.parse(request) as SweepRequest, quiet(new AbortController().signal))
  say(`ended ${(await done).state}`)
} catch (error) {
  say(`refused ${JSON.stringify(describeFailure(error))}`)
}
