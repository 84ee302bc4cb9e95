import type { DoctorCheck } from '../../domain/project.ts'
import type { Command } from './command.ts'

const doctor: Command = {
  words: ['doctor'],
  summary: 'Check the database, every stored byte, the environment, the engine and the disk',
  positionals: [],
  options: [{ name: 'repair', description: 'mend what can be mended; originals are kept in the trash' }],
  examples: ['slipway doctor', 'slipway doctor --repair --json'],
  async run(call, session) {
    const job = await session.complete((api) => api.doctor.run({ repair: call.has('repair') }))
    const { checks } = job.result as unknown as { readonly checks: readonly DoctorCheck[] }
    const isHurt = checks.some((check) => check.state === 'hurt')
    return { json: { checks }, text: checks.map(describeCheck).join(''), exitCode: isHurt ? 5 : 0 }
  },
}

const words: Record<DoctorCheck['state'], string> = {
  ok: 'ok     ',
  warning: 'warning',
  hurt: 'HURT   ',
  missing: 'missing',
}

function describeCheck(check: DoctorCheck): string {
  const remedy = check.remedy && check.state !== 'ok' ? `         ${check.remedy}\n` : ''
  return `${words[check.state]}  ${check.name}: ${check.detail}\n${remedy}`
}

export const doctorCommands: readonly Command[] = [doctor]
