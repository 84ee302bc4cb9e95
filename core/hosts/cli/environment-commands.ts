import type { Environment, EnvironmentStatus } from '../../domain/environment.ts'
import { fail } from '../../domain/failure.ts'
import type { Command } from './command.ts'
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

export const environmentCommands: readonly Command[] = [sync, show]
