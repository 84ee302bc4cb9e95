import { create } from 'zustand'

/** The step that the graph, the outline, the inspector and the outputs are about. */
export const useSelectedStep = create<{ step: string | null }>(() => ({ step: null }))

export function selectStep(step: string | null): void {
  useSelectedStep.setState({ step })
}
