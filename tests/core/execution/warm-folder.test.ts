import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { afterAll, expect, it } from 'vitest'
import { stepRunVariable } from '../../../core/execution/process-tree.ts'
import { roomForMarker } from '../../../core/execution/warm-interpreter.ts'
import { testEnvironment } from '../../builders/python-environment.ts'
import { pythonPackage } from './python/run-cases.ts'
import { removeTestFolders, testFolder } from './test-folder.ts'

afterAll(removeTestFolders)

it('a warm interpreter whose core is gone leaves no folder behind', async () => {
  const { python } = await testEnvironment('science')
  const folder = testFolder('warm')
  const child = spawn(python, ['-m', 'slipway.runner', '--warm', join(folder, 'socket')], {
    cwd: folder,
    // Without room for the marker it says that it is unfit, and ends by itself.
    env: { ...process.env, PYTHONPATH: pythonPackage, [stepRunVariable]: roomForMarker },
    stdio: ['ignore', 'inherit', 'inherit', 'pipe', 'pipe'],
  })
  await once(child.stdio[4] as Readable, 'data')
  expect(readdirSync(folder)).toEqual(['socket'])
  // As the system does for a core that is killed.
  ;(child.stdio[3] as Writable).destroy()
  expect((await once(child, 'exit'))[0]).toBe(0)
  expect(existsSync(folder)).toBe(false)
})
