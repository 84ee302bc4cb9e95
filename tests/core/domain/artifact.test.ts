import { expect, it } from 'vitest'
import { type Artifact, totalBytes } from '../../../core/domain/artifact.ts'
import { digestOf } from '../../../core/store/hash-file.ts'

const of = (sizeBytes: number) => ({ digest: digestOf(String(sizeBytes)), mediaType: 'application/json', sizeBytes })

it('the size of a model is that of what it is made of, too, not of the list of its parts alone', () => {
  const model: Pick<Artifact, 'descriptor' | 'parts'> = {
    descriptor: of(1_560),
    parts: [
      { name: 'native', descriptor: of(179_153) },
      { name: 'onnx', descriptor: of(19_701) },
    ],
  }
  expect(totalBytes(model)).toBe(200_414)
  expect(totalBytes({ ...model, parts: [] })).toBe(1_560)
})
