import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testEnvironment } from '../../builders/python-environment.ts'
import { openDatasets } from './open-datasets.ts'

const run = promisify(execFile)
let at: Awaited<ReturnType<typeof openDatasets>>
beforeEach(async () => {
  at = await openDatasets()
})
afterEach(() => at.close())

/** Everything that the validator says; it fails at the first error. */
async function validate(file: string): Promise<string> {
  const { python } = await testEnvironment('croissant')
  const { stdout, stderr } = await run(join(python, '..', 'mlcroissant'), ['validate', '--jsonld', file])
  return stdout + stderr
}

describe('croissant', { timeout: 600_000 }, () => {
  it('is accepted by mlcroissant, with all terms without a warning', async () => {
    at.write('data/wine.csv', 'id,"a b",a_b,when,ok\n1,x,1.5,2024-01-02,true\n2,,2.5,2024-01-03,false\n')
    await at.add('wine', 'data/wine.csv', {
      licence: 'CC-BY-4.0',
      origin: 'The cellar of Ada',
      purpose: ['research', 'teaching'],
      expires: '2027-06-30',
      personal: true,
      contact: 'ada@example.org',
    })
    const { file } = await at.datasets.export('wine', 'wine.json')
    const words = await validate(file)
    expect(words).toContain('Done')
    expect(words).not.toMatch(/warning|error/i)
  })

  it('is accepted of files that are no table and state no terms', async () => {
    at.write('data/a.bin', 'one')
    at.write('data/b.bin', 'two')
    await at.add('blobs', 'data')
    const { file } = await at.datasets.export('blobs', 'blobs.json')
    expect(await validate(file)).toContain('Done')
  })
})
