import { describe, expect, it } from 'vitest'
import { describeFailure } from '../../../core/domain/failure.ts'
import { editSettings } from '../../../core/project/edit-settings.ts'
import { locateSetting, parseSettings } from '../../../core/project/settings.ts'

const whole = `# Wine, after Cortez et al.
name = "wine"   # free text
pipeline = ["pipeline.py", "steps/deep/train.py"]

[environment]
python = ">=3.11,<3.14"
requirements = "requirements.txt"

[datasets.wine]
path = "package:sklearn/datasets/data/wine_data.csv"
origin = "UCI"
licence = "CC-BY-4.0"
purpose = ["research", "production"]
expires = 2027-06-30
personal = false
contact = "data-office@example.org"

[steps.train]
memory = "4 GB"
time = "30 min"
cpus = 2
cache = false
writes = ["reports/", "model.bin"]
environment = { OMP_NUM_THREADS = "2" }

[gates.accuracy]
metric = "evaluation.accuracy"
min = 0.9
severity = "block"

[image]
runtime = "auto"
base = "auto"
platform = "linux/amd64"

[registry]
default = "embedded"

[recording]
keepFile = "64 MB"
keepRun = "2 GB"
keepLog = "10 MB"
`

describe('parseSettings', () => {
  it('reads every key of the format', () => {
    expect(parseSettings(whole)).toEqual({
      format: 1,
      readOnly: null,
      name: 'wine',
      pipeline: ['pipeline.py', 'steps/deep/train.py'],
      environment: { python: '>=3.11,<3.14', requirements: 'requirements.txt', pyproject: null, conda: null },
      datasets: [
        {
          name: 'wine',
          path: 'package:sklearn/datasets/data/wine_data.csv',
          origin: 'UCI',
          licence: 'CC-BY-4.0',
          purpose: ['research', 'production'],
          expires: '2027-06-30',
          personal: false,
          contact: 'data-office@example.org',
        },
      ],
      steps: {
        train: {
          memoryBytes: 4e9,
          timeMs: 1_800_000,
          cpus: 2,
          cache: false,
          environment: { OMP_NUM_THREADS: '2' },
          writes: ['reports/', 'model.bin'],
        },
      },
      gates: [{ name: 'accuracy', metric: 'evaluation.accuracy', min: 0.9, max: null, severity: 'block' }],
      image: { runtime: 'auto', base: 'auto', platform: 'linux/amd64' },
      registry: { default: 'embedded' },
      recording: { keepFileBytes: 64e6, keepRunBytes: 2e9, keepLogBytes: 10e6 },
    })
  })

  it('fills in every default, down to a name alone', () => {
    expect(parseSettings('name = "x"\n')).toMatchObject({
      pipeline: ['pipeline.py'],
      environment: { python: null, requirements: null, pyproject: null, conda: null },
      datasets: [],
      steps: {},
      gates: [],
      image: { runtime: 'auto', base: 'auto', platform: 'linux/amd64' },
      registry: { default: 'embedded' },
    })
  })

  it('takes dotted keys, inline tables, one text for a list, CRLF and a byte order mark of nothing', () => {
    const text =
      'name = "x"\r\npipeline = "a.py"\r\nenvironment.python = "3.11"\r\ndatasets = { d = { path = "data/*.csv", purpose = "research" } }\r\n'
    expect(parseSettings(text)).toMatchObject({
      pipeline: ['a.py'],
      environment: { python: '3.11' },
      datasets: [{ name: 'd', path: 'data/*.csv', purpose: ['research'], licence: null }],
    })
  })

  it('opens a newer format read-only and lets its unknown keys pass', () => {
    const settings = parseSettings('format = 2\nname = "x"\nfuture = true\n[steps.a]\nfuture = 1\n')
    expect(settings.readOnly).toContain('format 2')
    expect(settings.name).toBe('x')
  })

  it.each([
    ['an unknown key names the nearest', 'name = "x"\npipelin = "a.py"', 2, /unknown key "pipelin"/, /"pipeline"/],
    ['in a table', 'name = "x"\n[environment]\npyhton = "3.11"', 3, /"pyhton" in \[environment\]/, /"python"/],
    ['in a named table', 'name = "x"\n[datasets.d]\npath = "a"\nlicense = "MIT"', 4, /"license"/, /"licence"/],
    ['an unknown table', 'name = "x"\n[step.train]\nmemory = "4 GB"', 2, /unknown key "step"/, /"steps"/],
    ['no name', 'pipeline = "a.py"', 1, /"name" is missing/, /name = /],
    ['a wrong type', 'name = 3', 1, /"name" must be a text/, /quotes/],
    ['a list of wrong types', 'name = "x"\npipeline = ["a.py", 3]', 2, /list of texts/, /list/],
    ['TOML that does not parse', 'name = "x"\noops = = 3', 2, /./, /./],
    ['a key given twice', 'name = "x"\nname = "y"', 2, /multiple times/, /./],
    ['a module outside', 'name = "x"\npipeline = ["../a.py"]', 2, /leaves the project/, /forward slashes/],
    ['an absolute module', 'name = "x"\npipeline = ["/a.py"]', 2, /not relative/, /./],
    ['a Windows path', 'name = "x"\npipeline = ["a\\\\b.py"]', 2, /backslash/, /./],
    ['a module that is none', 'name = "x"\npipeline = ["a.ipynb"]', 2, /not a Python module/, /./],
    ['two sources', 'name = "x"\n[environment]\nrequirements = "r.txt"\nconda = "e.yml"', 4, /both/, /./],
    ['a bad version', 'name = "x"\n[environment]\npython = "three"', 3, /no Python version/, /3\.11/],
    ['a bad date', 'name = "x"\n[datasets.d]\npath = "a"\nexpires = "2027-02-31"', 4, /a date/, /2027/],
    ['a bad licence', 'name = "x"\n[datasets.d]\npath = "a"\nlicence = "do what you like"', 4, /SPDX/, /LicenseRef/],
    ['a bad size', 'name = "x"\n[steps.a]\nmemory = "lots"', 3, /no memory/, /GB/],
    ['a gate without bound', 'name = "x"\n[gates.g]\nmetric = "a.b"', 2, /neither min nor max/, /bound/],
    ['a bad choice', 'name = "x"\n[image]\nruntime = "java"', 3, /"auto", "onnx", "python"/, /./],
    ['a dataset that is no table', 'name = "x"\n[datasets]\nd = "a.csv"', 3, /must be a table/, /./],
    ['a write outside', 'name = "x"\n[steps.a]\nwrites = ["../x"]', 3, /leaves the project/, /./],
    ['a write into our folder', 'name = "x"\n[steps.a]\nwrites = ["./.slipway/store"]', 3, /belongs to Slipway/, /./],
    ['b53: a loader variable', 'name = "x"\n[steps.a.environment]\nLD_PRELOAD = "x.so"', 3, /LD_PRELOAD/, /./],
    ['b53: a proxy variable', 'name = "x"\n[steps.a]\nenvironment = { https_proxy = "x" }', 3, /https_proxy/, /./],
    ['b50: a prototype key', 'name = "x"\n__proto__ = { a = 1 }', 2, /unknown key "__proto__"/, /Known keys/],
  ])('refuses %s', (_, text, line, message, remedy) => {
    const described = thrown(() => parseSettings(text))
    expect(described).toMatchObject({ code: 'project/settingsInvalid', details: { line } })
    expect(described.message).toMatch(message)
    expect(described.remedy).toMatch(remedy)
  })

  it('finds the place of a setting', () => {
    expect(locateSetting(whole, ['pipeline', 1])).toMatchObject({ line: 3, column: 28 })
    expect(locateSetting(whole, ['steps', 'train', 'cpus'])).toMatchObject({ line: 21 })
  })
})

describe('editSettings', () => {
  it.each([
    ['an existing value', ['name'], 'claret', 'name = "wine"   # free text', 'name = "claret"   # free text'],
    ['a value in a table', ['environment', 'python'], '3.12', 'python = ">=3.11,<3.14"', 'python = "3.12"'],
    ['an inline table', ['steps', 'train', 'environment', 'A'], 'b', '"2" }', '"2", A = "b" }'],
    ['a removal', ['steps', 'train', 'cpus'], null, 'cpus = 2\n', ''],
    [
      'an inline removal',
      ['steps', 'train', 'environment', 'OMP_NUM_THREADS'],
      null,
      '{ OMP_NUM_THREADS = "2" }',
      '{ }',
    ],
    ['a new key', ['gates', 'accuracy', 'max'], 1, 'severity = "block"\n', 'severity = "block"\nmax = 1\n'],
    ['a new top key', ['format'], 1, '"steps/deep/train.py"]\n', '"steps/deep/train.py"]\nformat = 1\n'],
  ] as const)('changes only the text of %s', (_, path, value, from, to) => {
    expect(editSettings(whole, path, value)).toBe(whole.replace(from, to))
  })

  it('appends a table that is not there yet', () => {
    expect(editSettings(whole, ['datasets', 'red wine', 'path'], 'data/red.csv')).toBe(
      `${whole}\n[datasets."red wine"]\npath = "data/red.csv"\n`,
    )
  })

  it('adds beside dotted keys in their own spelling', () => {
    expect(editSettings('name = "x"\nenvironment.python = "3.11"\n', ['environment', 'conda'], 'e.yml')).toBe(
      'name = "x"\nenvironment.python = "3.11"\nenvironment.conda = "e.yml"\n',
    )
  })

  it('keeps the line endings and the last line without one', () => {
    expect(editSettings('name = "x"\r\n', ['format'], 1)).toBe('name = "x"\r\nformat = 1\r\n')
    expect(editSettings('name = "x"', ['format'], 1)).toBe('name = "x"\nformat = 1\n')
  })

  it('refuses a change that would make the settings wrong', () => {
    expect(thrown(() => editSettings(whole, ['image', 'runtime'], 'java'))).toMatchObject({
      code: 'project/settingsInvalid',
    })
    expect(thrown(() => editSettings(whole, ['nonsense'], 1))).toMatchObject({ code: 'project/settingsInvalid' })
  })
})

function thrown(act: () => unknown) {
  try {
    act()
  } catch (error) {
    return describeFailure(error)
  }
  throw new Error('nothing was refused')
}
