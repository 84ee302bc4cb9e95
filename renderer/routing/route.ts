/** Where the window is. The address is the hash, so that the same page serves from files and from a web host. */
export type Route =
  | { readonly place: 'home' }
  | {
      readonly place: 'project'
      readonly key: string
      /** The area: `build`, `runs`, … */
      readonly view: string
      /** What follows the area, decoded: `['1f3a', 'lineage']`. */
      readonly path: readonly string[]
      readonly query: ReadonlyMap<string, string>
    }

export const firstView = 'build'

export function parseRoute(hash: string): Route {
  const [address = '', search = ''] = hash.replace(/^#?\/?/, '').split('?')
  const [root, key, view, ...path] = address.split('/').filter(Boolean).map(decode)
  if (root !== 'project' || !key) return { place: 'home' }
  return { place: 'project', key, view: view ?? firstView, path, query: new Map(new URLSearchParams(search)) }
}

export function projectHref(
  key: string,
  view: string,
  path: readonly string[] = [],
  query: Readonly<Record<string, string>> = {},
): string {
  const search = new URLSearchParams(query).toString()
  return `#/project/${[key, view, ...path].map(encodeURIComponent).join('/')}${search ? `?${search}` : ''}`
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
