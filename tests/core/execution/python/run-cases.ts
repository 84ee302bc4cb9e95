import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { type TestEnvironmentName, testEnvironment } from '../../../builders/python-environment.ts'

export const pythonPackage = resolve(import.meta.dirname, '../../../../core/execution/python')

type CaseResult = { readonly case: string; readonly error: string | null }

/** Runs a file of Python cases once, in a real environment, and makes each case a test of its own. */
export async function pythonCases(file: string, environment: TestEnvironmentName): Promise<void> {
  const { python } = await testEnvironment(environment)
  const folder = join(import.meta.dirname, 'cases')
  // The cases leave what they make where temporary files go.
  const temporary = mkdtempSync(join(tmpdir(), 'slipway-cases-'))
  const { stdout } = await promisify(execFile)(python, [file], {
    cwd: folder,
    env: { ...process.env, SLIPWAY_PACKAGE: pythonPackage, MPLBACKEND: 'Agg', TMPDIR: temporary },
    maxBuffer: 64 * 1024 * 1024,
  }).finally(() => rmSync(temporary, { recursive: true, force: true }))
  const lines = stdout.split('\n').filter((line) => line.startsWith('{"case"'))
  const results = lines.map((line) => JSON.parse(line) as CaseResult)
  it('has cases', () => expect(results.length).toBeGreaterThan(0))
  for (const result of results) {
    it(result.case, () => expect(result.error).toBeNull())
  }
}
