import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { StepRequest } from '../execution/step-protocol.ts'

/** What is other than it was, for one trial. Nothing given means: as recorded. */
export type Conditions = {
  /** Of the process; null takes one away. */
  readonly variables?: Readonly<Record<string, string | null>> | undefined
  /** `shiftSeconds` moves a running clock; `frozenAt` (seconds since 1970) stops it. */
  readonly clock?: { readonly shiftSeconds: number } | { readonly frozenAt: number } | undefined
  readonly directoryOrder?: 'sorted' | 'reversed' | undefined
  readonly rowOrder?: 'reversed' | undefined
  /** Gives every source of randomness of Python this seed, the system's own included. */
  readonly randomSeed?: number | undefined
}

const stepModule = '_slipway_trial.py'

/** The same request, led through a module that changes what Python sees before the step's own module is imported. */
export async function underConditions(request: StepRequest, conditions: Conditions): Promise<StepRequest> {
  const { clock, directoryOrder, rowOrder, randomSeed } = conditions
  const { module, step } = request
  const patches = { clock, directoryOrder, rowOrder, randomSeed }
  if (Object.values(patches).every((value) => value === undefined)) return request
  const given = JSON.stringify(JSON.stringify({ module, step, ...patches }))
  const code = [
    'import json',
    'from slipway.proving.conditions import step_under',
    `${step} = step_under(json.loads(${given}), __file__)`,
  ]
  await writeFile(join(request.projectFolder, stepModule), `${code.join('\n')}\n`)
  return { ...request, module: stepModule }
}

export function withVariables(
  environment: Readonly<Record<string, string>>,
  { variables = {} }: Conditions,
): Readonly<Record<string, string>> {
  const changed: Record<string, string> = { ...environment }
  for (const [name, value] of Object.entries(variables)) {
    if (value === null) delete changed[name]
    else changed[name] = value
  }
  return changed
}
