import { create } from 'zustand'
import type { OutsideFile } from './outside-file.ts'

/** What is asked about a dataset now; one question at a time. */
export type DatasetQuestion =
  | { readonly kind: 'add'; readonly path: string }
  | { readonly kind: 'bring'; readonly file: OutsideFile }
  | { readonly kind: 'terms'; readonly name: string }
  | { readonly kind: 'restore' | 'export'; readonly name: string; readonly version: number }

export const useDatasetQuestion = create<{ readonly question: DatasetQuestion | null }>(() => ({ question: null }))

export function askAboutDataset(question: DatasetQuestion | null): void {
  useDatasetQuestion.setState({ question })
}
