import type { StoredVersion } from './dataset-store.ts'

export function lineageNode({ name, version, digest, at }: StoredVersion) {
  return { id: `file:dataset/${name}@${version}`, kind: 'file' as const, digest, name: `${name}@${version}`, at }
}

export function fileNodes(files: readonly { readonly path: string; readonly digest: StoredVersion['digest'] }[]) {
  return files.map(({ path, digest }) => ({
    id: `file:${path}@${digest}`,
    kind: 'file' as const,
    digest,
    name: path,
    at: null,
  }))
}
