import { useEffect, useMemo, useState } from 'react'
import { create } from 'zustand'
import type { Pipeline } from '../../core/domain/pipeline.ts'
import { usePipeline } from '../queries/workspace-queries.ts'
import { unsavedTexts, useBuffers } from './buffers.ts'

/** Typing rests this long before the text is parsed. */
const restMs = 120

export type PipelineNow = {
  /** As the text stands, with its problems. */
  readonly pipeline: Pipeline | null
  /** The graph to draw: the pipeline, or the last one that could be read. */
  readonly graph: Pipeline | null
  /** The line that cannot be read, while `graph` is an older one. */
  readonly brokenAt: { readonly module: string; readonly line: number } | null
  readonly error: unknown
}

const unread: PipelineNow = { pipeline: null, graph: null, brokenAt: null, error: null }

/** The pipeline from the text in the editor, unsaved edits included. */
export const usePipelineNow = create<PipelineNow>(() => unread)

/** Keeps the pipeline in step with the text. Mount once. */
export function useFollowPipeline(): void {
  const buffers = useBuffers((state) => state.buffers)
  const unsaved = useRested(useMemo(() => unsavedTexts(buffers), [buffers]))
  const { data, error } = usePipeline(unsaved)
  useEffect(() => {
    usePipelineNow.setState((now) => withAnswer(now, data ?? null, error))
  }, [data, error])
  useEffect(() => () => usePipelineNow.setState(unread), [])
}

export function withAnswer(now: PipelineNow, pipeline: Pipeline | null, error: unknown): PipelineNow {
  if (pipeline === null) return { ...now, error }
  const broken = pipeline.problems.find((problem) => problem.kind === 'syntax')
  return {
    pipeline,
    graph: broken ? (now.graph ?? pipeline) : pipeline,
    brokenAt: broken ? { module: broken.span.module, line: broken.span.line } : null,
    error,
  }
}

/** The same texts keep their identity, so that equal buffers are one question. */
function useRested(value: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [rested, setRested] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), restMs)
    return () => clearTimeout(timer)
  }, [value])
  return rested
}
