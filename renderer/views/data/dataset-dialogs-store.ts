import { create } from 'zustand'
import { showToast } from '../../components/toast.tsx'
import type { Given, OutsideData } from './outside-data.ts'

/** What is asked about a dataset now; one question at a time. */
export type DatasetQuestion =
  | {
      readonly kind: 'add'
      readonly path: string
      /** The files and folders of the project that it is to stand for, where they are several. */
      readonly given?: readonly string[]
    }
  | { readonly kind: 'bring'; readonly data: OutsideData }
  | { readonly kind: 'terms'; readonly name: string }
  | { readonly kind: 'restore' | 'export'; readonly name: string; readonly version: number }

export const useDatasetQuestion = create<{ readonly question: DatasetQuestion | null }>(() => ({ question: null }))

export function askAboutDataset(question: DatasetQuestion | null): void {
  useDatasetQuestion.setState({ question })
}

/** What is of the project is added as it lies; what is not is copied into it first. */
export function askAboutGiven(given: Given): void {
  if (given.kind === 'refused') refuseData(given.why)
  else if (given.kind === 'inside') askAboutDataset({ kind: 'add', path: given.path, given: given.paths })
  else askAboutDataset({ kind: 'bring', data: given.data })
}

export function refuseData(why: string): void {
  showToast('Not added', { tone: 'danger', text: why })
}
