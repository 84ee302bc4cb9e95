import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { EnvironmentSettings } from '../../../core/domain/environment.ts'
import { describeFailure } from '../../../core/domain/failure.ts'
import { readRequirementSet } from '../../../core/environments/requirement-set.ts'
import { readTomlPlain } from '../../../core/project/toml.ts'
import { temporaryFolder } from '../../builders/temporary-file.ts'

const nothing: EnvironmentSettings = { python: null, requirements: null, pyproject: null, conda: null }

function read(files: Readonly<Record<string, string>>, settings: Partial<EnvironmentSettings> = {}) {
  const folder = temporaryFolder('slipway-requirements-')
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return readRequirementSet(folder, { ...nothing, ...settings }, readTomlPlain)
}

const refusal = (act: () => unknown) => {
  try {
    act()
  } catch (error) {
    return describeFailure(error)
  }
  throw new Error('nothing was refused')
}

describe('requirements.txt', () => {
  it('gives its requirements, without comments, continued lines joined', () => {
    const text =
      '\ufeff# data\r\npandas==2.2.3  # tables\r\n\r\nscikit-learn [extra] >=1.4, \\\r\n   <2\r\nnumpy ; python_version >= "3.10"\r\n--pre\r\n'
    expect(read({ 'requirements.txt': text })).toMatchObject({
      file: 'requirements.txt',
      requirements: ['pandas==2.2.3', 'scikit-learn [extra] >=1.4, <2', 'numpy ; python_version >= "3.10"'],
      options: ['--pre'],
    })
  })

  it('follows other files of the project, for requirements and for constraints', () => {
    expect(
      read(
        {
          'env/requirements.txt': '-r base.txt\n-c limits.txt\npandas\n',
          'env/base.txt': 'numpy\n-r requirements.txt\n',
          'env/limits.txt': 'numpy<3\n',
        },
        { requirements: 'env/requirements.txt' },
      ),
    ).toMatchObject({ requirements: ['numpy', 'pandas'], constraints: ['numpy<3'] })
  })

  it('keeps hashes that the user pinned', () => {
    const hash = `sha256:${'a'.repeat(64)}`
    expect(read({ 'requirements.txt': `Six==1.16.0 \\\n    --hash=${hash}\n` })).toMatchObject({
      requirements: ['Six==1.16.0'],
      hashes: { six: [hash] },
    })
  })

  it('is nothing when the project has none and names none, and leaves slipway to the application', () => {
    expect(read({})).toMatchObject({ file: null, requirements: [] })
    expect(read({ 'requirements.txt': 'slipway==9\nsix\n' })).toMatchObject({ requirements: ['six'] })
  })

  it('has one digest for what asks for the same', () => {
    const digest = (text: string) => read({ 'requirements.txt': text }).digest
    expect(digest('six\nnumpy==2.0 # why\n')).toBe(digest('# because\nnumpy==2.0\nsix\n\n'))
    expect(digest('six\n')).not.toBe(digest('six==1.16.0\n'))
  })

  it.each([
    ['another index', '--index-url http://evil.example/simple', /where packages come from/],
    ['one more index', '--extra-index-url=http://evil.example', /where packages come from/],
    ['the short form', '-i http://evil.example', /where packages come from/],
    ['a folder of links', '--find-links /tmp', /where packages come from/],
    ['a trusted host', '--trusted-host evil.example', /where packages come from/],
    ['an editable checkout', '-e git+https://example.org/x.git', /where packages come from/],
    ['a repository', 'git+https://example.org/x.git', /place to download/],
    ['an address', 'https://example.org/x.whl', /place to download/],
    ['a name at an address', 'x @ file:///tmp/x.whl', /place to download/],
    ['a file', './x.whl', /names a file/],
    ['a folder above', '-r ../other.txt', /leaves the project/],
    ['an absolute file', '-c /etc/passwd', /leaves the project/],
    ['no grammar', 'pandas; rm -rf /; x', /not a package/],
    ['a Dockerfile line', 'pandas RUN curl evil', /not a package/],
  ])('b52: refuses %s at its line', (_, line, reason) => {
    const described = refusal(() => read({ 'requirements.txt': `six\n${line}\n` }))
    expect(described).toMatchObject({ code: 'environments/requirementRefused', exitCode: 4, details: { line: 2 } })
    expect(described.message).toMatch(reason)
  })

  it('says which file is missing', () => {
    expect(refusal(() => read({}, { requirements: 'reqs.txt' })).message).toContain('reqs.txt')
    expect(refusal(() => read({ 'requirements.txt': '-r gone.txt' })).code).toBe('environments/requirementsMissing')
  })
})

describe('pyproject.toml', () => {
  it('gives [project] dependencies and its rule for Python', () => {
    const text = '[project]\nname = "x"\nrequires-python = ">=3.11"\ndependencies = ["pandas==2.2.3", "numpy"]\n'
    expect(read({ 'pyproject.toml': text }, { pyproject: 'pyproject.toml' })).toMatchObject({
      requirements: ['pandas==2.2.3', 'numpy'],
      python: '>=3.11',
    })
  })

  it.each([
    ['no [project]', '[tool.poetry.dependencies]\npandas = "2"\n'],
    ['dependencies that are computed', '[project]\nname = "x"\ndynamic = ["dependencies"]\n'],
    ['an address', '[project]\ndependencies = ["x @ https://example.org/x.whl"]\n'],
    ['no TOML', '[project\n'],
  ])('refuses %s', (_, text) => {
    expect(refusal(() => read({ 'pyproject.toml': text }, { pyproject: 'pyproject.toml' })).code).toBe(
      'environments/requirementRefused',
    )
  })
})

describe('environment.yml', () => {
  const conda = (text: string) => read({ 'environment.yml': text }, { conda: 'environment.yml' })

  it('gives its pip part and its Python', () => {
    expect(
      conda(
        'name: wine\nchannels:\n  - conda-forge\ndependencies:\n  - python=3.11\n  - pip\n  - pip:\n      - pandas==2.2.3\n      - "numpy>=1.26"  # arrays\nprefix: /opt\n',
      ),
    ).toMatchObject({ requirements: ['pandas==2.2.3', 'numpy>=1.26'], python: '3.11' })
  })

  it('refuses what only conda could install, by name', () => {
    const described = refusal(() => conda('dependencies:\n  - python\n  - cudatoolkit=11.8\n  - r-base\n'))
    expect(described).toMatchObject({
      code: 'environments/condaOnly',
      details: { packages: ['cudatoolkit=11.8', 'r-base'] },
    })
  })

  it('b50: refuses YAML that is cleverer than a list', () => {
    expect(refusal(() => conda('dependencies:\n  key: &a [x]\n')).code).toBe('environments/requirementRefused')
  })
})
