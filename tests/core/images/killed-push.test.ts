import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { pushImage } from '../../../core/images/push.ts'
import { parseReference } from '../../../core/images/reference.ts'
import { createStore } from '../../../core/store/create-store.ts'
import type { Store } from '../../../core/store/store.ts'
import { type RealRegistry, startDockerRegistry } from '../../builders/docker-registry.ts'
import { type SmallImage, writeSmallImage } from '../../builders/small-image.ts'
import { startCountingProxy } from '../../fakes/counting-proxy.ts'

const root = mkdtempSync(join(tmpdir(), 'slipway-killed-'))
const child = new URL('../../fakes/push-child.ts', import.meta.url).pathname
let store: Store
let registry: RealRegistry
let before: SmallImage

beforeAll(async () => {
  store = await createStore(join(root, 'store'))
  registry = await startDockerRegistry()
  before = await writeSmallImage(store, { size: 1000, label: 'before' })
})
afterAll(async () => {
  await registry.stop()
  rmSync(root, { recursive: true, force: true })
})

it('f25: killed at each exchange of a push, the tag leads to the old image or the new one, whole', async () => {
  const outcomes: string[] = []
  for (let at = 1; outcomes.at(-1) !== 'ended'; at += 1) {
    const reference = `team/killed-${at}:1`
    await pushImage(before.manifest, parseReference(`${registry.host}/${reference}`), { store })
    const after = await writeSmallImage(store, { size: 200_000, label: `after ${at}` })
    const proxy = await startCountingProxy(registry.host)
    const push = spawn(process.execPath, [child, store.folder, after.manifest, `${proxy.host}/${reference}`])
    const killed = proxy.whenSeen(at).then(() => push.kill('SIGKILL'))
    const ended = new Promise<number | null>((resolve) => push.once('exit', resolve))
    const code = await ended
    outcomes.push(code === 0 ? 'ended' : await whereTagLeads(reference, after))
    proxy.forget()
    await killed
    await proxy.stop()
  }
  expect(outcomes.filter((outcome) => outcome === 'broken')).toEqual([])
  expect(outcomes.filter((outcome) => outcome === 'old').length).toBeGreaterThan(4)
  expect(outcomes).toContain('new')
})

async function whereTagLeads(reference: string, after: SmallImage): Promise<'old' | 'new' | 'broken'> {
  const [repository, tag] = reference.split(':')
  const get = (path: string, method = 'GET') =>
    fetch(`http://${registry.host}/v2/${repository}/${path}`, {
      method,
      headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
    })
  const digest = (await get(`manifests/${tag}`)).headers.get('docker-content-digest')
  const image = [before, after].find(({ manifest }) => manifest === digest)
  if (!image) return 'broken'
  for (const blob of [image.config, image.layer])
    if ((await get(`blobs/${blob}`, 'HEAD')).status !== 200) return 'broken'
  return image === after ? 'new' : 'old'
}
