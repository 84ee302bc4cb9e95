import { describeFailure } from '../../../core/domain/failure.ts'
import { openExecution } from './open-execution.ts'

/** A core of its own that runs the project in the folder given; for tests that kill it or take its rights away. */
const [folder, homeFolder] = process.argv.slice(2) as [string, string | undefined]
const say = (line: string) => process.stdout.write(`${line}\n`)

try {
  const { execution, recorder } = await openExecution(null, { folder, homeFolder })
  recorder.watch((event) => {
    if (event.kind === 'stepRun') say(`${event.stepRun.step} ${event.stepRun.state} ${event.stepRun.id}`)
    if (event.kind === 'log') say(`log ${event.text}`)
  })
  const plan = await execution.plan({ steps: [], params: {} })
  say(`planned ${plan.steps.map(({ state }) => state).join(' ')}`)
  const { done } = await execution.start(
    { steps: [], params: {} },
    { report: () => undefined, signal: new AbortController().signal },
  )
  say(`ended ${(await done).state}`)
} catch (error) {
  const { code, message, remedy } = describeFailure(error)
  say(`refused ${code}: ${message} ${remedy}`)
}
