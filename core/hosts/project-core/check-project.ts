import { describeBytes } from '../../domain/describe-bytes.ts'
import type { KeptEnvironment } from '../../domain/environment.ts'
import type { EngineStatus } from '../../domain/image.ts'
import type { ReportProgress } from '../../domain/job.ts'
import type { DoctorCheck } from '../../domain/project.ts'
import { checkStorage } from '../../tracking/check-storage.ts'
import { checkDisk } from '../home/readiness.ts'
import type { ProjectParts } from './open-parts.ts'

export const doctorPhases = ['Check records', 'Check stored bytes', 'Check environment', 'Check engine', 'Check disk']

/** Everything that this project stands on: records, bytes, environment, engine, disk. */
export async function checkProject(
  parts: ProjectParts,
  options: {
    readonly repair: boolean
    readonly engine: () => Promise<EngineStatus>
    readonly report: ReportProgress
    readonly signal: AbortSignal
  },
): Promise<{ readonly checks: readonly DoctorCheck[] }> {
  const { report, repair, signal } = options
  const { database, store } = parts
  const storage = await checkStorage({ database, store, repair, report, signal })
  report({ phase: 'Check environment' })
  const environment = await checkEnvironment(parts)
  const past = describePast(await parts.pastEnvironments.list())
  report({ phase: 'Check engine' })
  const engine = describeEngine(await options.engine())
  report({ phase: 'Check disk' })
  const { state, detail, remedy } = await checkDisk(parts.slipwayFolder)
  const place = checkPlace(parts.project.get().caution ?? null)
  return { checks: [...storage, environment, ...past, engine, { name: 'disk', state, detail, remedy }, ...place] }
}

async function checkEnvironment({ environments }: ProjectParts): Promise<DoctorCheck> {
  const name = 'environment'
  const status = await environments.status()
  const mend = 'Run "slipway env sync".'
  switch (status.state) {
    case 'ready': {
      const { python, packages } = status.environment
      return { name, state: 'ok', detail: `Python ${python}, ${packages.length} packages`, remedy: null }
    }
    case 'missing':
      return { name, state: 'missing', detail: status.reason, remedy: mend }
    case 'drifted':
      return { name, state: 'warning', detail: status.reason, remedy: mend }
    case 'broken':
      return { name, state: 'warning', detail: status.reason, remedy: status.remedy }
  }
}

/** Kept for proofs; said once there are any, since nothing else tells of their size. */
function describePast(kept: readonly KeptEnvironment[]): readonly DoctorCheck[] {
  if (kept.length === 0) return []
  const bytes = kept.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const detail = `${kept.length} of past runs kept for proofs, ${describeBytes(bytes)}; "slipway env clean" removes them`
  return [{ name: 'environments', state: 'ok', detail, remedy: null }]
}

function checkPlace(caution: string | null): readonly DoctorCheck[] {
  if (caution === null) return []
  const remedy = 'Move the project to a disk of this computer, or keep a copy of it on one.'
  return [{ name: 'folder', state: 'warning', detail: caution, remedy }]
}

/** An engine is a convenience: without one nothing is hurt. */
function describeEngine(status: EngineStatus): DoctorCheck {
  if (status.state === 'ready') {
    return { name: 'engine', state: 'ok', detail: `${status.name} ${status.version} at ${status.socket}`, remedy: null }
  }
  return { name: 'engine', state: 'missing', detail: status.reason, remedy: status.remedy }
}
