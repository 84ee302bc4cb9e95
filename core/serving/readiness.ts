import type { LoadedModel } from './model-folder.ts'

/** Where the server stands; it only moves forward. */
export type Readiness =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly loaded: LoadedModel }
  | { readonly state: 'failed'; readonly reason: string }
  | { readonly state: 'draining'; readonly loaded: LoadedModel | null }

/** Words for a probe; null when traffic is welcome. */
export function describeUnready(readiness: Readiness): string | null {
  switch (readiness.state) {
    case 'ready':
      return null
    case 'loading':
      return 'the model is being loaded'
    case 'failed':
      return readiness.reason
    case 'draining':
      return 'the server is shutting down'
  }
}
