import type { IncomingHttpHeaders } from 'node:http'

export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
}

export type RouteRequest = {
  readonly headers: IncomingHttpHeaders
  /** Segments of the path that the route left open, decoded. */
  readonly params: Readonly<Record<string, string>>
  readBody(): Promise<Buffer>
}

export type Route = {
  readonly method: 'GET' | 'POST'
  /** `/v2/models/{model}`: also what metrics call the route. */
  readonly path: string
  readonly answer: (request: RouteRequest) => Answer | Promise<Answer>
}

export function answerJson(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return answerJsonText(status, JSON.stringify(value), headers)
}

export function answerJsonText(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'Content-Type': 'application/json', ...headers }, body }
}

export type RouteMatch =
  | { readonly kind: 'found'; readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: 'otherMethod'; readonly path: string; readonly allow: readonly string[] }
  | { readonly kind: 'none' }

export type FindRoute = (method: string, path: string) => RouteMatch

/** Exact segments only; `HEAD` is a `GET` whose body is not sent. */
export function createFindRoute(routes: readonly Route[]): FindRoute {
  const patterns = routes.map((route) => ({ route, segments: route.path.split('/') }))
  return (method, path) => {
    const segments = path.split('/')
    const fitting = patterns.flatMap(({ route, segments: pattern }) => {
      const params = matchSegments(pattern, segments)
      return params ? [{ route, params }] : []
    })
    if (fitting.length === 0) return { kind: 'none' }
    const wanted = method === 'HEAD' ? 'GET' : method
    const found = fitting.find(({ route }) => route.method === wanted)
    if (found) return { kind: 'found', ...found }
    const allow = fitting.flatMap(({ route }) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]))
    return { kind: 'otherMethod', path: (fitting[0] as { route: Route }).route.path, allow }
  }
}

function matchSegments(pattern: readonly string[], segments: readonly string[]): Record<string, string> | null {
  if (pattern.length !== segments.length) return null
  const params: Record<string, string> = {}
  for (const [i, part] of pattern.entries()) {
    const segment = segments[i] as string
    if (!part.startsWith('{')) {
      if (part !== segment) return null
      continue
    }
    const decoded = decodeSegment(segment)
    if (decoded === null || decoded === '') return null
    params[part.slice(1, -1)] = decoded
  }
  return params
}

function decodeSegment(segment: string): string | null {
  try {
    return decodeURIComponent(segment)
  } catch {
    return null
  }
}
