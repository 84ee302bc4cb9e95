import type { TracebackFrame } from '../../core/domain/run.ts'

export type FrameGroup = { readonly key: string; readonly isUser: boolean; readonly frames: readonly TracebackFrame[] }

/** Runs of frames that belong together: the person's own stand open, those of packages fold into one line. */
export function foldFrames(frames: readonly TracebackFrame[]): readonly FrameGroup[] {
  const groups: { isUser: boolean; frames: TracebackFrame[] }[] = []
  for (const frame of frames) {
    const last = groups.at(-1)
    if (last && last.isUser === frame.isUser) last.frames.push(frame)
    else groups.push({ isUser: frame.isUser, frames: [frame] })
  }
  return groups.map((group, index) => ({ ...group, key: String(index) }))
}
