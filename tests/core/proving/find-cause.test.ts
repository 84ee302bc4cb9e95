import { afterAll, describe, expect, it } from 'vitest'
import type { Kernel, KernelRequest } from '../../../core/execution/kernel.ts'
import { type Conditions, underConditions, withVariables } from '../../../core/proving/conditions.ts'
import { findNativeClock, nativeShift } from '../../../core/proving/native-clock.ts'
import type { TestEnvironmentName } from '../../builders/python-environment.ts'
import { removeTestFolders } from '../execution/test-folder.ts'
import { openProving } from './open-proving.ts'

afterAll(removeTestFolders)

/** Records under a condition that it says nothing of, as a Slipway that did not record it yet, or another kernel, would. */
function recordUnder(conditions: Conditions) {
  return (kernel: Kernel): Kernel => ({
    async runStep(request, listener, signal) {
      const changed: KernelRequest = {
        ...request,
        environment: withVariables(request.environment, conditions),
        request: await underConditions(request.request, conditions),
      }
      const outcome = await kernel.runStep(changed, listener, signal)
      const { observed } = outcome
      const ours = ({ path }: { readonly path: string }) => path !== '_slipway_trial.py'
      if (observed === null) return outcome
      const modules = observed.modules.filter((path) => ours({ path }))
      return { ...outcome, observed: { ...observed, modules } }
    },
  })
}

const nativeClock = findNativeClock()
const head = 'import os\nfrom slipway import step\n\n'
const cases: readonly {
  readonly factor: string
  readonly evidence: string
  readonly code: string
  readonly recorded?: Conditions
  readonly environment?: TestEnvironmentName
}[] = [
  {
    factor: 'randomness',
    evidence: 'stabilises',
    code: 'import random, uuid\n@step\ndef it():\n    return {"a": random.random(), "b": str(uuid.uuid4())}\n',
  },
  {
    factor: 'clock',
    evidence: 'stabilises',
    code: 'import time, datetime\n@step\ndef it():\n    return {"at": time.time(), "day": datetime.datetime.now().isoformat()}\n',
  },
  // Compiled modules that build upon the class of times are imported while the clock stands.
  {
    factor: 'clock',
    evidence: 'stabilises',
    code: 'import datetime, pandas\n@step\ndef it():\n    return pandas.DataFrame({"at": [datetime.datetime.now(), pandas.Timestamp.now()]})\n',
    environment: 'science',
  },
  {
    factor: 'clock',
    evidence: 'reproduces',
    code: 'import datetime\n@step\ndef it():\n    return {"year": datetime.date.today().year}\n',
    recorded: { clock: { shiftSeconds: 400 * 86_400 } },
  },
  // Asked past Python: 40 days are a unit, so that 400 days are ten.
  ...(nativeClock
    ? [
        {
          factor: 'clock',
          evidence: 'reproduces',
          code: 'import ctypes\n@step\ndef it():\n    return {"unit": ctypes.CDLL(None).time(None) // (40 * 86400)}\n',
          recorded: { variables: nativeShift(nativeClock, 400 * 86_400) },
        },
      ]
    : []),
  {
    factor: 'timeZone',
    evidence: 'reproduces',
    code: 'import time\n@step\ndef it():\n    return {"hour": time.localtime(1_700_000_000).tm_hour}\n',
    recorded: { variables: { TZ: 'Asia/Tokyo' } },
  },
  {
    factor: 'hashSeed',
    evidence: 'changes',
    code: '@step\ndef it():\n    return list({"ruby", "amber", "jade", "opal", "onyx", "pearl", "topaz"})\n',
    recorded: { variables: { PYTHONHASHSEED: '12345' } },
  },
  {
    factor: 'directoryOrder',
    evidence: 'reproduces',
    code: '@step\ndef it():\n    return [open(os.path.join("data", name)).read() for name in os.listdir("data") if name.endswith(".txt")]\n',
    recorded: { directoryOrder: 'reversed' },
  },
  {
    factor: 'locale',
    evidence: 'reproduces',
    code: 'import locale\n@step\ndef it():\n    locale.setlocale(locale.LC_ALL, "")\n    return {"codeset": locale.nl_langinfo(locale.CODESET)}\n',
    recorded: { variables: { LC_ALL: 'C' } },
  },
  {
    factor: 'threads',
    evidence: 'reproduces',
    // As native libraries do, past os.environ.
    code: '@step\ndef it():\n    own = open("/proc/self/environ", "rb").read().split(b"\\0")\n    return 0.1 + 0.2 + 0.3 if b"OMP_NUM_THREADS=1" in own else 0.1 + (0.2 + 0.3)\n',
    recorded: { variables: { OMP_NUM_THREADS: '1' } },
  },
  {
    factor: 'rowOrder',
    evidence: 'reproduces',
    code: '@step\ndef rows():\n    return [1, 2, 3]\n\n@step\ndef it(rows):\n    return {"first": rows[0]}\n',
    recorded: { rowOrder: 'reversed' },
  },
]

describe('the cause of a difference', () => {
  for (const { factor, evidence, code, recorded, environment } of cases)
    it(`names ${factor} (${evidence}${environment ? `, ${environment}` : ''})`, async () => {
      const { prove, run, phases } = await openProving(
        { 'pipeline.py': head + code, 'data/b.txt': 'b', 'data/a.txt': 'a', 'data/c.txt': 'c' },
        { ...(recorded && { recordWith: recordUnder(recorded) }), ...(environment && { environment }) },
      )
      expect((await run()).run.failure).toBeNull()
      const proof = await prove(true)
      expect(proof.cause, JSON.stringify(proof, null, 1)).toMatchObject({ factor, evidence, step: 'it' })
      expect(proof.cause?.description).toMatch(/^Step it depends on /)
      expect(proof.cause?.trials.length).toBeGreaterThan(2)
      expect(proof.verdict).toBe('differs')
      expect(phases.at(-1)).toBe('Find the cause')
    }, 120_000)
})
