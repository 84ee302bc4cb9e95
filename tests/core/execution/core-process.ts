import { openExecution } from './open-execution.ts'

/** A core of its own that runs the project in the folder given; for tests that kill it. */
const { execution, recorder } = await openExecution({}, { folder: process.argv[2] as string })
recorder.watch((event) => {
  if (event.kind === 'stepRun')
    process.stdout.write(`${event.stepRun.step} ${event.stepRun.state} ${event.stepRun.id}\n`)
  if (event.kind === 'log') process.stdout.write(`log ${event.text}\n`)
})
const { done } = await execution.start(
  { steps: [], params: {} },
  { report: () => undefined, signal: new AbortController().signal },
)
await done
process.stdout.write('ended\n')
