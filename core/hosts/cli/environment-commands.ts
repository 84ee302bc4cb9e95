import { describeBytes } from '../../domain/describe-bytes.ts'
import type { Environment, EnvironmentStatus, KeptEnvironment } from '../../domain/environment.ts'
import { fail } from '../../domain/failure.ts'
import { anyNumber, type Command } from './command.ts'
import { formatTable } from './format-table.ts'

const sync: Command = {
  words: ['env', 'sync'],
  summary: 'Create or mend the environment from the lock',
  positionals: [],
  options: [],
  examples: ['slipway env sync', 'slipway -C wine env sync --json'],
  async run(_, session) {
    const project = await session.trustedProject()
    await session.complete((api) => api.environment.sync({}))
    return answer(await project.environment.status({}))
  },
}

const show: Command = {
  words: ['env', 'show'],
  summary: 'The interpreter, the lock and the packages',
  positionals: [],
  options: [],
  examples: ['slipway env show', 'slipway env show --json'],
  async run(_, session) {
    return answer(await (await session.project()).environment.status({}))
  },
}

const list: Command = {
  words: ['env', 'list'],
  summary: 'Environments of past runs that proofs made again, with their size',
  positionals: [],
  options: [],
  examples: ['slipway env list', 'slipway env list --json'],
  async run(_, session) {
    const environments = await (await session.project()).environment.kept({})
    return { json: { environments }, text: describeKept(environments) }
  },
}

const clean: Command = {
  words: ['env', 'clean'],
  summary: 'Remove environments of past runs; never one in use, and a proof makes it again from its lock',
  positionals: [anyNumber('NAME', 'as "slipway env list" shows it (default: all that are not in use)')],
  options: [],
  examples: ['slipway env clean --yes', 'slipway env clean 3f2a9c01d4e5b677-3.11.7 --json'],
  async run(call, session) {
    const project = await session.project()
    const names = [...call.args('NAME')]
    const chosen = (await project.environment.kept({})).filter(({ name, inUse }) =>
      names.length > 0 ? names.includes(name) : !inUse,
    )
    const bytes = chosen.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    const question = `Remove ${chosen.length} environments of past runs (${describeBytes(bytes)})?`
    if (chosen.length > 0 && !(await session.confirm(question, '--yes')))
      throw fail('execution/canceled', { what: 'Cleaning environments' })
    const cleaned = await project.environment.clean(names.length > 0 ? { names } : {})
    return {
      json: cleaned,
      text: `${describeKept(cleaned.removed)}${cleaned.removed.length} removed, ${describeBytes(cleaned.freedBytes)} freed.\n`,
    }
  },
}

function describeKept(environments: readonly KeptEnvironment[]): string {
  return formatTable(
    ['NAME', 'PYTHON', 'PACKAGES', 'SIZE', 'LAST USED', ''],
    environments.map(({ name, python, packages, sizeBytes, lastUsedAt, inUse }) => [
      name,
      python ?? 'not finished',
      String(packages),
      describeBytes(sizeBytes),
      lastUsedAt.slice(0, 16).replace('T', ' '),
      inUse ? 'in use' : '',
    ]),
    'No environments of past runs are kept.',
  )
}

function answer(status: EnvironmentStatus) {
  if (status.state === 'missing' || status.state === 'broken') {
    throw fail('environments/notReady', { reason: status.reason })
  }
  const { environment, state, warnings } = status
  return {
    json: { environment: { ...environment, state, warnings } },
    text: describeEnvironment(environment, state === 'drifted' ? status.reason : null, warnings),
  }
}

function describeEnvironment(environment: Environment, drift: string | null, warnings: readonly string[]): string {
  return [
    `Python ${environment.python} (${environment.implementation}, ${environment.platform})\n`,
    `lock ${environment.lockDigest}\n`,
    ...(drift ? [`drifted: ${drift}\n`] : []),
    ...warnings.map((warning) => `note: ${warning}\n`),
    '\n',
    formatTable(
      ['PACKAGE', 'VERSION'],
      environment.packages.map(({ name, version }) => [name, version]),
      'No packages.',
    ),
  ].join('')
}

export const environmentCommands: readonly Command[] = [sync, show, list, clean]
