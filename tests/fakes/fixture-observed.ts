import type { Observation, StepEffect } from '../../core/domain/observation.ts'
import { digestOf } from './fixture-pipeline.ts'

const effects: Readonly<Record<string, readonly StepEffect[]>> = {
  raw: [{ kind: 'program', name: 'unzip', where: 'pipeline.py:14' }],
  model: [{ kind: 'randomness', name: 'numpy.random', where: null }],
}

/** What a step of the fixture would have been seen to do. */
export function observationOf(step: string, module: string): Observation {
  return {
    filesRead:
      step === 'raw' ? [{ path: 'data/wine.csv', digest: digestOf('wine'), sizeBytes: 84_199, unseen: true }] : [],
    filesWritten: step === 'confusion' ? [{ path: 'reports/confusion.svg', digest: digestOf('confusion') }] : [],
    foldersListed: step === 'raw' ? [{ path: 'data', names: ['wine.csv'] }] : [],
    outsideWrites: step === 'confusion' ? ['~/Desktop/confusion.svg'] : [],
    modules: [{ path: module, digest: digestOf(module) }],
    packages: [
      { name: 'numpy', version: '2.4.6' },
      { name: 'pandas', version: '3.1.1' },
      { name: 'scikit-learn', version: '1.9.1' },
    ],
    variables: step === 'model' ? [{ name: 'WINE_SEED', valueDigest: null }] : [],
    network: false,
    effects: effects[step] ?? [],
    platform: {},
  }
}
