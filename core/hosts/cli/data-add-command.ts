import { basename, resolve } from 'node:path'
import { fail } from '../../domain/failure.ts'
import { isFileAddress, readFileAddress } from '../../domain/file-address.ts'
import { type Call, type Command, type Option, optional, required } from './command.ts'
import { type DescribedVersion, describeVersion, wordBytes } from './describe-version.ts'
import { toDatasetVersionDocument } from './to-document.ts'

export const termOptions: readonly Option[] = [
  { name: 'origin', value: 'TEXT', description: 'where it came from' },
  { name: 'licence', value: 'SPDX', description: 'its licence, such as CC-BY-4.0' },
  { name: 'purpose', value: 'TEXT', many: true, description: 'what it may be used for' },
  { name: 'expires', value: 'DATE', description: 'until when, such as 2027-06-30' },
  { name: 'personal', description: 'it holds personal data' },
  { name: 'contact', value: 'TEXT', description: 'who answers for it' },
]

export const addData: Command = {
  words: ['data', 'add'],
  summary: 'Make a version of a dataset, and its entry in slipway.toml when it is new',
  positionals: [required('NAME', 'the dataset'), optional('PATH', 'a file, folder or glob in the project')],
  options: [
    ...termOptions,
    {
      name: 'from',
      value: 'FILE',
      many: true,
      description:
        'copy this file or folder into the project first, to PATH (default: into data); several go to one folder',
    },
    { name: 'no-keep', description: 'record digests, and keep no bytes' },
    { name: 'link', description: 'make the files read-only and link them instead of copying' },
  ],
  examples: [
    'slipway data add wine data/wine.csv --licence CC-BY-4.0',
    'slipway data add photos --from ~/photos --from ~/more.png',
  ],
  async run(call, session) {
    const name = call.arg('NAME') as string
    const from = call.options('from').map(toSource)
    const [first] = from
    const path = call.arg('PATH') ?? (first === undefined ? null : `data/${from.length > 1 ? name : basename(first)}`)
    if (first !== undefined) await session.complete((api) => api.data.bring({ from, to: path as string }))
    const job = await session.complete((api) =>
      api.data.add({
        name,
        ...(path === null ? {} : { path }),
        keep: !call.has('no-keep'),
        link: call.has('link'),
        terms: toTerms(call),
      }),
    )
    const result = job.result as unknown as {
      dataset: DescribedVersion
      isNew: boolean
      storedBytes: number
    }
    const { dataset, isNew, storedBytes } = result
    const words = isNew ? 'is' : 'is still'
    return {
      async json() {
        const detail = await (await session.project()).data.show({ dataset: `${name}@${dataset.version}` })
        return { dataset: toDatasetVersionDocument(detail), isNew, storedBytes }
      },
      text: `${name} ${words} version ${dataset.version} (${wordBytes(storedBytes)} stored).\n\n${describeVersion(dataset)}`,
    }
  },
}

function toSource(from: string): string {
  if (isFileAddress(from)) {
    const named = readFileAddress(from)
    if ('path' in named) return resolve(named.path)
    throw fail('host/usage', {
      problem: `"${from}" names no file of this computer. ${named.problem}`,
      hint: 'Give --from a path, such as /srv/wine.csv, or an address such as file:///srv/wine.csv.',
    })
  }
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(from)) return resolve(from)
  throw fail('host/usage', {
    problem: `"${from}" is an address, and nothing is fetched from the network for a dataset.`,
    hint: 'Download it first, then give --from the file.',
  })
}

export function toTerms(call: Call) {
  const expires = call.option('expires')
  if (expires !== null && !/^\d{4}-\d\d-\d\d$/.test(expires))
    throw fail('host/usage', { problem: `"${expires}" is no date.`, hint: 'Write --expires 2027-06-30.' })
  const optionOf = (name: 'origin' | 'licence' | 'contact') => {
    const value = call.option(name)
    return value === null ? {} : { [name]: value }
  }
  const purpose = call.options('purpose')
  return {
    ...optionOf('origin'),
    ...optionOf('licence'),
    ...optionOf('contact'),
    ...(purpose.length === 0 ? {} : { purpose: [...purpose] }),
    ...(expires === null ? {} : { expires }),
    ...(call.has('personal') ? { personal: true } : {}),
  }
}
