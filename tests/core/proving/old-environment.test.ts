import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Environment } from '../../../core/domain/environment.ts'
import { createEnvironments } from '../../../core/environments/create-environments.ts'
import { createLockedEnvironments } from '../../../core/environments/locked-environments.ts'
import type { OpenedProject } from '../../../core/project/opened-project.ts'
import { readTomlPlain } from '../../../core/project/toml.ts'
import { createProving } from '../../../core/proving/create-proving.ts'
import { createProofStore } from '../../../core/proving/proof-store.ts'
import { openExecution, pythonPackages } from '../execution/open-execution.ts'
import { removeTestFolders, testFolder } from '../execution/test-folder.ts'

afterAll(removeTestFolders)

const code = `from slipway import step

@step
def versions():
    from importlib.metadata import version
    return {"six": version("six")}
`
const place = (project: OpenedProject) => ({
  projectFolder: project.get().folder,
  pythonPackageFolder: join(pythonPackages, 'slipway'),
})
const asTheProduct = (project: OpenedProject) =>
  createEnvironments({
    ...place(project),
    settings: async () => (await project.settings()).environment,
    readToml: readTomlPlain,
  })

describe('the environment of a past run', () => {
  it('is made again from its lock beside the present one, kept, and refused by name where it cannot be', async () => {
    const opened = await openExecution(
      { 'pipeline.py': code, 'requirements.txt': 'six==1.16.0\n' },
      { environments: asTheProduct },
    )
    const { project, queries, store, kernel, database, lineage, run, write, folder } = opened
    const old = await run()
    expect(old.run.failure).toBeNull()
    write('requirements.txt', 'six==1.17.0\n')
    const present = await run()
    expect(present.run.failure).toBeNull()

    const facts: string[] = []
    const proving = createProving({
      project,
      environments: createLockedEnvironments(place(project)),
      queries,
      store,
      kernel,
      proofs: createProofStore(database, lineage),
    })
    const prove = (reference: string) =>
      proving.prove(reference, {
        why: false,
        report: ({ phase, fact }) => facts.push(`${phase}: ${fact}`),
        signal: new AbortController().signal,
      })
    expect(await prove(present.run.id)).toMatchObject({ verdict: 'identical', environment: { rebuilt: false } })
    expect(await prove(old.run.id)).toMatchObject({ verdict: 'identical', environment: { rebuilt: true } })
    expect(facts.some((fact) => /Make environment: \d+ packages/.test(fact))).toBe(true)
    const kept = join(folder, '.slipway', 'environments')
    expect(readdirSync(kept)).toHaveLength(1)

    const locked = createLockedEnvironments(place(project))
    const [past, ...others] = await locked.list()
    expect(others).toEqual([])
    expect(past).toMatchObject({
      name: readdirSync(kept)[0],
      packages: 1,
      inUse: false,
      python: old.environment?.python,
    })
    expect(past?.lockDigest).toBe(old.environment?.lockDigest)
    expect(past?.sizeBytes).toBeGreaterThan(1_000)

    // Kept: proved again without any network at all.
    const away = {
      PATH: process.env.PATH,
      HOME: testFolder('home'),
      UV_CACHE_DIR: testFolder('cache'),
      UV_OFFLINE: '1',
    }
    const offline = createLockedEnvironments({ ...place(project), variables: away })
    const wanted = old.environment as Environment
    const lockText = await store.readText(wanted.lockDigest)
    const sync = { report: () => undefined, signal: new AbortController().signal }
    const unconnected = await offline.find(wanted, lockText, sync)
    expect(unconnected.rebuilt).toBe(true)
    unconnected.release()

    const held = await offline.find(wanted, lockText, sync)
    const again = await offline.find(wanted, lockText, sync)
    held.release()
    held.release()
    expect(await offline.list()).toMatchObject([{ inUse: true }])
    expect(await offline.clean()).toEqual({ removed: [], freedBytes: 0 })
    await expect(offline.clean([past?.name as string])).rejects.toMatchObject({ code: 'environments/keptInUse' })
    await expect(offline.clean(['nothing'])).rejects.toMatchObject({ code: 'environments/keptUnknown' })
    expect(readdirSync(kept)).toHaveLength(1)
    again.release()
    expect(await offline.clean()).toMatchObject({ removed: [{ name: past?.name }], freedBytes: past?.sizeBytes })
    expect(readdirSync(kept)).toEqual([])

    const gone = offline.find({ ...wanted, python: '3.11.99' }, lockText, sync)
    await expect(gone).rejects.toMatchObject({ code: 'proving/pythonGone', details: { python: '3.11.99' } })

    const elsewhere = await openExecution({ 'pipeline.py': code })
    const empty = createLockedEnvironments({ ...place(elsewhere.project), variables: away })
    await expect(empty.find(wanted, lockText, sync)).rejects.toMatchObject({ code: 'proving/packagesMissing' })
  }, 180_000)
})
