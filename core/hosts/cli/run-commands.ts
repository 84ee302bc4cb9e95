import { DescribedError } from '../../api/described-error.ts'
import { totalBytes } from '../../domain/artifact.ts'
import { describeReason } from '../../domain/describe-reason.ts'
import { isDigest, shortDigest } from '../../domain/digest.ts'
import type { DescribedFailure } from '../../domain/failure.ts'
import { describeEffect, warningsOf } from '../../domain/observation.ts'
import type { PlannedStep, StaleReason } from '../../domain/reason.ts'
import { problemOf, type Run, type RunDetail, type StepRun } from '../../domain/run.ts'
import { stepRunStateWords } from '../../domain/state-words.ts'
import { anyNumber, type Command, type Option } from './command.ts'
import { formatTable, toPlainText } from './format-table.ts'
import { parseParams, parseTags } from './parse-params.ts'
import type { Session } from './session.ts'
import { toPlanDocument, toRunDetailDocument } from './to-document.ts'

const steps = anyNumber('STEP', 'steps to bring up to date, with what they need (default: all)')
const param: Option = {
  name: 'param',
  short: 'p',
  value: 'STEP.PARAM=VALUE',
  many: true,
  description: 'another value for a param; VALUE is JSON or a plain string',
}

const plan: Command = {
  words: ['plan'],
  summary: 'What a run would do, and why; runs nothing',
  positionals: [steps],
  options: [param],
  examples: ['slipway plan', 'slipway plan train -p train.C=10'],
  inCore: true,
  async run(call, session) {
    const project = await session.project()
    const planned = await project.runs.plan({
      steps: [...call.args('STEP')],
      params: parseParams(call.options('param')),
    })
    return { json: { steps: planned.steps.map(toPlanDocument) }, text: planned.steps.map(describePlanned).join('') }
  },
}

const run: Command = {
  words: ['run'],
  summary: 'Run what is stale and record it',
  positionals: [steps],
  options: [
    param,
    { name: 'experiment', value: 'NAME', description: 'the experiment it belongs to' },
    { name: 'tag', value: 'KEY=VALUE', many: true, description: 'a tag for the run' },
    { name: 'no-cache', description: 'run every step, whatever is recorded' },
  ],
  examples: ['slipway run --trust', 'slipway run evaluate -p train.C=10 --experiment tuning --json'],
  inCore: true,
  async run(call, session) {
    const params = parseParams(call.options('param'))
    const tags = parseTags(call.options('tag'))
    const project = await session.trustedProject()
    const leave = followEvents(project, session)
    let runId = ''
    const job = await session.follow(async (api) => {
      const experiment = call.option('experiment') ?? undefined
      const request = { steps: [...call.args('STEP')], params, tags, experiment, noCache: call.has('no-cache') }
      const started = await api.runs.start(request)
      runId = started.runId
      return started.job
    })
    leave()
    const detail = await project.runs.get({ run: runId })
    if (job.failure && detail.run.state === 'running') throw new DescribedError(job.failure)
    if (detail.run.failure) noteFailures(detail.run.failure, detail.steps, session)
    const exitCode = exitCodes[detail.run.state] ?? detail.run.failure?.exitCode ?? 1
    return { json: toRunDetailDocument(detail), text: describeRun(detail), exitCode }
  },
}

/** With --verbose, what the steps print and each change of state, as they come. */
function followEvents(project: Awaited<ReturnType<Session['project']>>, session: Session): () => void {
  if (!session.output.verbose) return () => undefined
  return project.runs.watch({}, (event) => {
    if (event.kind === 'log') session.output.detail(`${event.step} | ${event.text.replace(/\n$/, '')}`)
    if (event.kind === 'stepRun') session.output.detail(`${event.stepRun.step}: ${event.stepRun.state}`)
  })
}

/** What was cancelled is no failure; what failed says by its code whether a step did, or what the run stood on. */
const exitCodes: Partial<Record<Run['state'], 0 | 130>> = { completed: 0, canceled: 130 }

/** Where the user's code failed stands between what happened and what to do. */
function noteFailures(failure: DescribedFailure, steps: readonly StepRun[], session: Session): void {
  const { alert, verbose } = session.output
  alert(failure.message)
  const failed = steps.flatMap((step) =>
    step.state === 'failed' && step.failure ? [{ name: step.step, ...step.failure }] : [],
  )
  for (const { name, frames, remedy, ...problem } of failed) {
    if (failed.length > 1) alert(`${name}: ${problemOf(problem)}`)
    for (const frame of frames.filter((candidate) => candidate.isUser || verbose)) {
      alert(`  ${frame.file}:${frame.line} in ${frame.function}${frame.code ? `: ${frame.code.trim()}` : ''}`)
    }
    if (failed.length > 1) alert(remedy)
  }
  alert(failure.kept)
  if (failed.length < 2) alert(failure.remedy)
}

function describePlanned(step: PlannedStep): string {
  const saved = step.savedMs === null ? '' : ` (saves ${(step.savedMs / 1000).toFixed(1)} s)`
  const reasons = step.reasons.flatMap((reason) => [
    `    ${describeReason(reason)}${describeDigests(reason)}\n`,
    ...(reason.diff ?? '').split('\n').flatMap((line) => (line === '' ? [] : [`      ${line}\n`])),
  ])
  const effects = (step.effects ?? []).map((effect) => `    note: it ${describeEffect(effect)}\n`)
  return `${step.step}  ${step.state}${saved}\n${[...reasons, ...effects].join('')}`
}

/** Of what has no words of its own; the digests of code stand for texts whose difference is shown. */
function describeDigests({ kind, from, to }: StaleReason): string {
  if (kind === 'source' || !isDigest(from) || !isDigest(to)) return ''
  return `: ${shortDigest(from)} → ${shortDigest(to)}`
}

export function describeRun({ run, steps, artifacts, observed }: RunDetail): string {
  const seconds = run.durationMs === null ? '' : `, ${(run.durationMs / 1000).toFixed(1)} s`
  return [
    `run ${run.id}  ${run.state}${seconds}\n\n`,
    formatTable(
      ['STEP', 'STATE', 'SECONDS', 'WHY'],
      steps.map((step) => [
        step.step,
        stepRunStateWords[step.state],
        'durationMs' in step ? (step.durationMs / 1000).toFixed(2) : '',
        step.reasons.map(describeReason).join(', '),
      ]),
      'No steps.',
    ),
    describeWarnings(observed),
    '\n',
    formatTable(
      ['METRIC', 'VALUE'],
      Object.entries(run.metrics).map(([key, value]) => [key, String(value)]),
      'No metrics.',
    ),
    '\n',
    formatTable(
      ['ARTIFACT', 'KIND', 'BYTES', 'DIGEST'],
      artifacts.map((one) => [one.name, one.kind, String(totalBytes(one)), one.descriptor.digest]),
      'No artifacts.',
    ),
  ].join('')
}

/** What steps did that a recorded value cannot stand for. */
function describeWarnings(observed: RunDetail['observed']): string {
  const lines = Object.entries(observed).flatMap(([step, seen]) =>
    warningsOf(seen).map((warning) => `  ${step} ${toPlainText(warning)}\n`),
  )
  return lines.length === 0 ? '' : `\nWorth knowing:\n${lines.join('')}`
}

export const runCommands: readonly Command[] = [plan, run]
