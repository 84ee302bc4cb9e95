import { QueryClient } from '@tanstack/react-query'
import { RemoteError } from '../../core/rpc/client.ts'

/** Core is on this machine and announces what changes, so answers stay fresh until an event says otherwise. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 5 * 60_000,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      networkMode: 'always',
      retry: (count, error) => count < 1 && error instanceof RemoteError && error.code === 'rpc/connectionLost',
    },
    mutations: { networkMode: 'always' },
  },
})
