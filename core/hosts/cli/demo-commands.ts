import { DescribedError } from '../../api/described-error.ts'
import { fail } from '../../domain/failure.ts'
import type { JourneyResult } from '../journey.ts'
import type { Command } from './command.ts'
import { openWorkbench } from './open-commands.ts'
import { findOrMakeSample } from './sample-project.ts'
import type { Session } from './session.ts'

const demo: Command = {
  words: ['demo'],
  summary: 'The whole journey on the sample project: run, register, approve, build, prove, push, serve, predict',
  positionals: [],
  options: [{ name: 'open', description: 'serve the workbench afterwards, until Ctrl-C' }],
  examples: ['slipway demo --yes', 'slipway demo --yes --open'],
  async run(call, session) {
    const { displayName } = await (await session.home()).settings()
    const question = `This runs the code of the sample and approves its model in the name of ${displayName}. Go on?`
    if (!(await session.confirm(question, '--yes'))) throw fail('execution/canceled', { what: 'The journey' })
    const folder = await findOrMakeSample(session)
    const sample = session.withProject(folder)
    const project = await sample.project()
    await project.project.trust({})
    const done = call.has('open') ? await findJourney(sample) : null
    const job = done ? null : await sample.follow((api) => api.journey.start({}))
    if (job?.failure && (session.signal.aborted || !call.has('open'))) throw new DescribedError(job.failure)
    const result = done ?? (job?.result as JourneyResult | null)
    if (result && !call.has('open')) return { json: { journey: result }, text: describeJourney(result) }
    // Whatever stopped the journey is better looked at in the workbench than not at all.
    if (job?.failure) await session.output.failure(job.failure, null)
    else if (result && !session.output.json) await session.output.write(describeJourney(result))
    await openWorkbench(sample, { folder, port: 0, browser: false })
    return { written: true, exitCode: 130 }
  },
}

/** What an earlier journey came to, when nothing is stale since: it is not walked twice. */
async function findJourney(session: Session): Promise<JourneyResult | null> {
  const project = await session.project()
  const image = (await project.images.list({})).find((candidate) => candidate.pushes.length > 0)
  const push = image?.pushes.at(-1)
  if (!image || !push) return null
  return {
    model: `${image.model.name}@${image.model.version}`,
    reference: push.reference,
    manifestDigest: image.manifestDigest,
    parity: image.parity,
    url: null,
    engine: null,
    prediction: null,
  }
}

function describeJourney(result: JourneyResult): string {
  const { parity } = result
  return [
    `\nmodel       ${result.model}\n`,
    `image       ${result.reference}\n`,
    `digest      ${result.manifestDigest}\n`,
    parity ? `parity      ${parity.state}: ${parity.rows} rows at level ${parity.level}\n` : '',
    result.url ? `served at   ${result.url} (${result.engine === 'docker' ? 'container' : 'local process'})\n` : '',
    result.prediction === null ? '' : `prediction  ${JSON.stringify(result.prediction)}\n`,
  ].join('')
}

export const demoCommands: readonly Command[] = [demo]
