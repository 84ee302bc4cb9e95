import { describe, expect, it } from 'vitest'
import { fail } from '../../../core/domain/failure.ts'
import { resolveWithAdditions } from '../../../core/environments/additions.ts'
import { learn } from '../../../core/environments/import-check.ts'
import type { ResolveRequest } from '../../../core/environments/installer.ts'

const nothingLearnt = { tooNew: {}, hopeless: {} }
const locked = (names: readonly string[]) => names.map((name) => ({ name, version: '1.0', hashes: [] }))
const request = (...requirements: string[]): ResolveRequest => ({ requirements, constraints: [], options: [] })

/** A resolver that gives what it is asked for, and refuses as told. */
function resolver(refuses: (asked: ResolveRequest) => boolean = () => false) {
  const asked: ResolveRequest[] = []
  const resolve = async (one: ResolveRequest) => {
    asked.push(one)
    if (refuses(one)) throw fail('environments/conflict', { sentence: 'no' })
    return locked(one.requirements.map((text) => text.replace(/[<>=].*/, '')))
  }
  return { asked, resolve }
}

describe('what storing outputs needs', () => {
  it('is nothing for a project without tables and models', async () => {
    const { asked, resolve } = resolver()
    const { packages } = await resolveWithAdditions(request('numpy'), nothingLearnt, resolve)
    expect(packages.map(({ name }) => name)).toEqual(['numpy'])
    expect(asked).toHaveLength(1)
  })

  it.each([
    ['pandas', ['pyarrow']],
    ['polars', ['pyarrow']],
    ['scikit-learn', ['skops', 'skl2onnx', 'onnx', 'protobuf<7']],
  ])('for %s is %s, beside exactly the versions that the project has alone', async (own, added) => {
    const { asked, resolve } = resolver()
    await resolveWithAdditions(request(own), nothingLearnt, resolve)
    expect(asked[1]).toEqual({ requirements: [own, ...added], constraints: [`${own}==1.0`], options: [] })
  })

  it('is resolved in one go beside exact pins', async () => {
    const { asked, resolve } = resolver()
    const { packages } = await resolveWithAdditions(request('pandas==2.2.2', 'numpy==1.26.4'), nothingLearnt, resolve)
    expect(asked.map((one) => one.requirements)).toEqual([['pandas==2.2.2', 'numpy==1.26.4', 'pyarrow', 'pyarrow<26']])
    expect(packages).toHaveLength(4)
  })

  it('is looked at again when the pins alone did not show what they bring', async () => {
    const asked: ResolveRequest[] = []
    const resolve = async (one: ResolveRequest) => {
      asked.push(one)
      return [
        { name: 'pandas', version: '2.2.2', hashes: [] },
        { name: 'numpy', version: '1.26.4', hashes: [] },
      ]
    }
    await resolveWithAdditions(request('pandas==2.2.2'), nothingLearnt, resolve)
    expect(asked.at(-1)?.requirements).toContain('pyarrow<26')
  })

  it('may move versions that the project left open, never its pins', async () => {
    const { asked, resolve } = resolver((one) => one.constraints.length > 0)
    const { warnings } = await resolveWithAdditions(request('pandas'), nothingLearnt, resolve)
    expect(asked.map((one) => one.constraints)).toEqual([[], ['pandas==1.0'], []])
    expect(asked[2]?.requirements).toEqual(['pandas', 'pyarrow'])
    expect(warnings).toEqual([])
  })

  it('is left out one by one with a warning when it contradicts the project', async () => {
    const { resolve } = resolver((one) => one.requirements.includes('skl2onnx'))
    const { packages, warnings } = await resolveWithAdditions(request('pandas', 'scikit-learn'), nothingLearnt, resolve)
    expect(packages.map(({ name }) => name)).toEqual(['pandas', 'scikit-learn', 'pyarrow', 'skops'])
    expect(warnings).toEqual(["skl2onnx (models as ONNX): no release fits the project's own packages"])
  })

  it('passes on a failure that is no contradiction', async () => {
    const resolve = async () => {
      throw fail('environments/networkMissing', { detail: 'offline' })
    }
    await expect(resolveWithAdditions(request('pandas'), nothingLearnt, resolve)).rejects.toMatchObject({
      code: 'environments/networkMissing',
    })
  })

  it('tries an older release of what did not import, and gives it up after three', async () => {
    const broken = [{ name: 'pyarrow', version: '26.0.1', reason: 'ImportError: needs NumPy 2' }]
    const { asked, resolve } = resolver()
    const older = learn(nothingLearnt, broken, 1)
    await resolveWithAdditions(request('pandas'), older, resolve)
    expect(asked[1]?.requirements).toEqual(['pandas', 'pyarrow', 'pyarrow<26'])
    const { packages, warnings } = await resolveWithAdditions(request('pandas'), learn(older, broken, 3), resolve)
    expect(packages.map(({ name }) => name)).toEqual(['pandas'])
    expect(warnings).toEqual(['pyarrow (tables as Parquet): ImportError: needs NumPy 2'])
  })
})
