import { expect, it } from 'vitest'
import { foldFrames } from '../../../renderer/components/fold-frames.ts'

const frame = (file: string, isUser: boolean) => ({ file, line: 1, function: 'f', code: null, isUser })

it('leaves the frames of the person’s own code open and folds each run of the others', () => {
  const groups = foldFrames([
    frame('pipeline.py', true),
    frame('sklearn/base.py', false),
    frame('sklearn/pipeline.py', false),
    frame('features.py', true),
    frame('pandas/core.py', false),
  ])
  expect(groups.map((group) => [group.isUser, group.frames.length])).toEqual([
    [true, 1],
    [false, 2],
    [true, 1],
    [false, 1],
  ])
})
