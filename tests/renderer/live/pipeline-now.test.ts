import { describe, expect, it } from 'vitest'
import type { Pipeline } from '../../../core/domain/pipeline.ts'
import { type PipelineNow, withAnswer } from '../../../renderer/live/use-pipeline-now.ts'
import { readPipeline } from '../../fakes/fixture-pipeline.ts'
import { pipelineText } from '../../fakes/fixture-sources.ts'

const unread: PipelineNow = { pipeline: null, graph: null, brokenAt: null, error: null }
const valid = readPipeline('pipeline.py', pipelineText)
const broken: Pipeline = {
  steps: [],
  edges: [],
  problems: [
    {
      kind: 'syntax',
      severity: 'error',
      message: '',
      remedy: '',
      span: { module: 'pipeline.py', line: 42, column: 1, endLine: 42, endColumn: 2 },
    },
  ],
}

describe('the graph beside the text', () => {
  it('is the pipeline while the text can be read', () => {
    expect(withAnswer(unread, valid, null)).toMatchObject({ graph: valid, brokenAt: null })
  })

  it('stays the last valid one on a syntax error, and names the line', () => {
    const now = withAnswer(withAnswer(unread, valid, null), broken, null)
    expect(now.graph).toBe(valid)
    expect(now.pipeline).toBe(broken)
    expect(now.brokenAt).toEqual({ module: 'pipeline.py', line: 42 })
  })

  it('shows what there is when no valid one was ever seen', () => {
    expect(withAnswer(unread, broken, null).graph).toBe(broken)
  })

  it('keeps its picture when the question fails', () => {
    const error = new Error('gone')
    expect(withAnswer(withAnswer(unread, valid, null), null, error)).toMatchObject({ graph: valid, error })
  })
})
