import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HomeCore } from '../../../core/api/home-core.ts'
import { createProjectApi, type ProjectApi } from '../../../core/api/project-api.ts'
import type { ProjectCore } from '../../../core/api/project-core.ts'
import type { CoreTarget } from '../../../core/domain/host-bridge.ts'
import { findAssets } from '../../../core/hosts/assets.ts'
import { createHomeCore } from '../../../core/hosts/create-home-core.ts'
import { openProject } from '../../../core/hosts/open-project.ts'
import { createTargetServer } from '../../../core/hosts/target-server.ts'
import { type ClientOf, createClient } from '../../../core/rpc/client.ts'
import { createInProcessPair } from '../../../core/rpc/in-process-transport.ts'

let work: string
let home: HomeCore
const assets = findAssets()

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'home-core-'))
  home = createHomeCore({ homeFolder: join(work, 'home'), assets })
})
afterEach(() => rmSync(work, { recursive: true, force: true }))

describe('home', () => {
  it('makes a project from a template, knows it, and forgets it without touching it', async () => {
    const made = await home.create('blank', join(work, 'wine'))
    expect(made).toMatchObject({ name: 'wine', folder: join(work, 'wine'), trusted: false, readOnly: null })
    expect(await home.knownProjects()).toMatchObject([
      { key: made.key, name: 'wine', exists: true, lastRunState: null },
    ])
    await home.forget(made.key)
    expect(await home.knownProjects()).toEqual([])
    expect(existsSync(join(work, 'wine/slipway.toml'))).toBe(true)
  })

  it('shows a known project whose folder is gone as gone', async () => {
    await home.create('blank', join(work, 'wine'))
    rmSync(join(work, 'wine'), { recursive: true })
    expect(await home.knownProjects()).toMatchObject([{ name: 'wine', exists: false }])
  })

  it('suggests a folder that is not taken', async () => {
    const first = await home.suggestFolder('blank')
    expect(existsSync(first)).toBe(false)
    mkdirSync(first, { recursive: true })
    expect(await home.suggestFolder('blank')).toBe(`${first}-2`)
    rmSync(first, { recursive: true })
  })

  it('keeps settings for the user alone', async () => {
    expect(await home.settings()).toMatchObject({ theme: 'system' })
    await home.changeSettings({ displayName: 'Ada' })
    expect(await home.changeSettings({ theme: 'dark' })).toEqual({
      theme: 'dark',
      displayName: 'Ada',
      keepCoreMs: null,
    })
    expect(statSync(join(work, 'home/settings.json')).mode & 0o777).toBe(0o600)
  })

  it.each(['', '{', '[]', '{"theme":"purple"}', 'null'])(
    'f31-settings: defaults hold for %j, which is kept',
    async (text) => {
      mkdirSync(join(work, 'home'))
      const file = join(work, 'home/settings.json')
      writeFileSync(file, text)
      const settings = await home.settings()
      expect(settings.theme).toBe('system')
      if (text !== '[]') expect(readFileSync(`${file}.bad`, 'utf8')).toBe(text)
    },
  )

  it('lists folders and marks projects', async () => {
    await home.create('blank', join(work, 'a-project'))
    mkdirSync(join(work, 'b-folder'))
    mkdirSync(join(work, '.hidden'))
    const listing = await home.listFolder(work)
    expect(listing.folders).toEqual([
      { name: 'a-project', isProject: true },
      { name: 'b-folder', isProject: false },
      { name: 'home', isProject: false },
    ])
    await expect(home.listFolder(join(work, 'absent'))).rejects.toMatchObject({ code: 'host/folderUnreadable' })
    await expect(home.listFolder('relative')).rejects.toMatchObject({ code: 'host/folderUnreadable' })
  })

  it('tells what a first run will need', async () => {
    const checks = await home.readiness()
    expect(checks.map(({ name }) => name)).toEqual(['python', 'disk', 'engine', 'node'])
    expect(checks.find(({ name }) => name === 'python')).toMatchObject({ state: 'ok' })
    for (const check of checks) expect(check.state === 'ok' || check.remedy !== null).toBe(true)
  })
})

describe('the lines of a window', () => {
  it('lead to one core per project, and survive its being closed', async () => {
    const { key } = await home.create('blank', join(work, 'wine'))
    const options = { homeFolder: join(work, 'home'), assets }
    const targets = createTargetServer({ home, openProject: (folder) => openProject(folder, options) })
    const [first, second] = [openLine(targets, { kind: 'project', key }), openLine(targets, { kind: 'project', key })]
    expect((await first.project.get({})).key).toBe(key)
    expect(await second.runs.list({})).toEqual({ runs: [], total: 0 })
    await targets.close()
    expect(existsSync(join(work, 'wine/.slipway/core.lock'))).toBe(false)
    await expect(first.project.get({})).rejects.toMatchObject({ code: 'rpc/connectionLost' })
  })

  it('find the core that was opened ahead, and the reason when it could not be', async () => {
    const { key } = await home.create('blank', join(work, 'wine'))
    const options = { homeFolder: join(work, 'home'), assets }
    const opened: string[] = []
    const targets = createTargetServer({
      home,
      openProject: (folder) => {
        opened.push(folder)
        return openProject(folder, options)
      },
    })
    targets.openAhead(key)
    targets.openAhead('unknown-1234')
    expect((await openLine(targets, { kind: 'project', key }).project.get({})).key).toBe(key)
    expect(opened.length).toBe(1)
    const unknown = openLine(targets, { kind: 'project', key: 'unknown-1234' })
    await expect(unknown.project.get({})).rejects.toMatchObject({ code: 'host/unknownProject' })
    await targets.close()
    expect(existsSync(join(work, 'wine/.slipway/core.lock'))).toBe(false)
  })

  it('answer with the reason when the project is not known or not there any more', async () => {
    const { key } = await home.create('blank', join(work, 'wine'))
    rmSync(join(work, 'wine'), { recursive: true })
    const options = { homeFolder: join(work, 'home'), assets }
    const targets = createTargetServer({ home, openProject: (folder) => openProject(folder, options) })
    const gone = openLine(targets, { kind: 'project', key })
    await expect(gone.project.get({})).rejects.toMatchObject({ code: 'project/notFound' })
    const unknown = openLine(targets, { kind: 'project', key: 'unknown-1234' })
    await expect(unknown.project.get({})).rejects.toMatchObject({ code: 'host/unknownProject' })
    await targets.close()
  })
})

describe('the contract', () => {
  it('names each call once and hands its input on as parsed', () => {
    const api = createProjectApi({} as ProjectCore)
    expect(api.runs.list.kind).toBe('query')
    expect(() => api.runs.list.input.parse({ limit: -1 })).toThrow()
    expect(api.runs.start.input.parse({ steps: [], params: { 'a.b': { c: [1, null] } } })).toEqual({
      steps: [],
      params: { 'a.b': { c: [1, null] } },
    })
  })
})

function openLine(targets: ReturnType<typeof createTargetServer>, target: CoreTarget): ClientOf<ProjectApi> {
  const [client, server] = createInProcessPair()
  targets.serve(target, server)
  return createClient<ProjectApi>(client)
}
