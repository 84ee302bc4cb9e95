import { describeBytes } from '../../domain/describe-bytes.ts'
import { fail } from '../../domain/failure.ts'
import type { Push, Serving } from '../../domain/image.ts'
import { type Command, required } from './command.ts'
import { parseWholeNumber } from './parse-params.ts'

const image = required('IMAGE', 'a manifest digest, a unique prefix of it, or name@VERSION')
const port = { name: 'port', value: 'N', description: 'the port to listen at (default: a free one)' } as const

const serve: Command = {
  words: ['image', 'serve'],
  summary: 'Serve an image until Ctrl-C',
  positionals: [image],
  options: [
    port,
    {
      name: 'engine',
      value: 'E',
      choices: ['auto', 'docker', 'process'],
      description: 'in a container, or as a local process',
    },
  ],
  examples: ['slipway image serve penguins@1', 'slipway image serve penguins@1 --port 8080 --engine process --json'],
  async run(call, session) {
    const project = await session.project()
    const reference = call.arg('IMAGE') as string
    const engine = (call.option('engine') ?? 'auto') as 'auto' | 'docker' | 'process'
    const wanted = parseWholeNumber(call.option('port'), '--port')
    const job = await session.complete((api) => api.serving.start({ image: reference, engine, port: wanted }))
    const serving = job.result as unknown as Serving
    const { url, container } = serving
    if (!isAt(url, wanted)) await project.serving.stop({ id: serving.id })
    requireAt(url, wanted)
    const label = serving.engine === 'process' ? ' (a local process, not a container)' : ''
    if (session.output.json)
      await session.output.document({ url, engine: serving.engine, ...(container ? { container } : {}) })
    else await session.output.write(`Serving ${serving.model} at ${url}${label}. Ctrl-C ends it.\n`)
    await session.untilInterrupted()
    await project.serving.stop({ id: serving.id })
    return { written: true, exitCode: 130 }
  },
}

const push: Command = {
  words: ['image', 'push'],
  summary: 'Push an image to a registry and read it back',
  positionals: [image, required('REFERENCE', 'HOST/PATH[:TAG]')],
  options: [
    { name: 'plain-http', description: 'speak plain HTTP (assumed for loopback only)' },
    { name: 'username', value: 'NAME', description: 'who logs in; the password comes from SLIPWAY_REGISTRY_PASSWORD' },
    { name: 'accept-unstated-licence', description: 'push although a dataset states no licence' },
  ],
  examples: [
    'slipway image push penguins@1 registry.example.org/team/penguins:1',
    'slipway image push penguins@1 127.0.0.1:5000/penguins --json',
  ],
  async run(call, session) {
    await session.project()
    const [reference, target] = [call.arg('IMAGE') as string, call.arg('REFERENCE') as string]
    const options = {
      plainHttp: call.has('plain-http') || undefined,
      username: call.option('username') ?? undefined,
      password: process.env.SLIPWAY_REGISTRY_PASSWORD,
      acknowledgeUnstatedLicence: call.has('accept-unstated-licence') || undefined,
    }
    const job = await session.complete((api) => api.images.push({ image: reference, reference: target, options }))
    const pushed = job.result as unknown as Push & { readonly referrers?: readonly string[] }
    return {
      json: { referrers: [], ...pushed },
      text: `Pushed ${pushed.reference}@${pushed.manifestDigest}\n${describeBytes(pushed.uploadedBytes)} sent, ${describeBytes(pushed.skippedBytes)} there already.\n`,
    }
  },
}

const registry: Command = {
  words: ['registry', 'serve'],
  summary: "The embedded registry over the project's store, until Ctrl-C",
  positionals: [],
  options: [port],
  examples: ['slipway registry serve', 'slipway registry serve --port 5000 --json'],
  async run(call, session) {
    const project = await session.project()
    const wanted = parseWholeNumber(call.option('port'), '--port')
    const { url } = await project.registry.start({ port: wanted })
    requireAt(url, wanted)
    if (session.output.json) await session.output.document({ url })
    else await session.output.write(`The registry answers at ${url}. Ctrl-C ends it.\n`)
    await session.untilInterrupted()
    return { written: true, exitCode: 130 }
  },
}

/** Core takes a free port where the wanted one is taken; a script that names a port means that one. */
function requireAt(url: string, port: number | undefined): void {
  if (!isAt(url, port)) throw fail('host/portTaken', { port: port as number })
}

function isAt(url: string, port: number | undefined): boolean {
  return port === undefined || port === 0 || Number(new URL(url).port) === port
}

export const shipCommands: readonly Command[] = [serve, push, registry]
