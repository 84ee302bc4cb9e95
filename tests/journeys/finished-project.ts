import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { startDockerRegistry } from '../builders/docker-registry.ts'
import { type Home, makeHome, slipwayJson } from './workbench-host.ts'

export type FinishedProject = {
  readonly home: Home
  readonly folder: string
  /** Newest last. */
  readonly runs: readonly string[]
  readonly manifestDigest: string
  /** Where the image was pushed to. */
  readonly reference: string
}

/** The sample after the whole journey, made from the shell once for all spec files: look at it, change nothing. */
export const test = base.extend<object, { finished: FinishedProject }>({
  finished: [
    // biome-ignore lint/correctness/noEmptyPattern: the runner reads from the pattern what a fixture needs
    async ({}, use) => {
      const home = makeHome('finished')
      try {
        await use(await finishProject(home))
      } finally {
        home.remove()
      }
    },
    { scope: 'worker', timeout: 600_000 },
  ],
})

async function finishProject(home: Home): Promise<FinishedProject> {
  const folder = join(home.projects, 'penguins')
  const call = <Document>(...words: string[]) => slipwayJson<Document>(home, ['-C', folder, ...words])
  const run = async (...words: string[]) => (await call<{ run: { id: string } }>('run', '--trust', ...words)).run.id
  await slipwayJson(home, ['init', folder, '--template', 'penguins'])
  const runs = [await run(), await run('-p', 'train.C=0.01', '--tag', 'reason=weaker')]
  await call('models', 'register', `${runs[0]}:model`, 'penguins')
  await call('models', 'approve', 'penguins', '--note', 'Accurate on the penguins that were held out.')
  const { image } = await call<{ image: { manifestDigest: string } }>('image', 'build', 'penguins')
  const registry = await startDockerRegistry()
  try {
    const reference = `${registry.host}/team/penguins:1`
    await call('image', 'push', 'penguins@1', reference)
    return { home, folder, runs, manifestDigest: image.manifestDigest, reference }
  } finally {
    await registry.stop()
  }
}
