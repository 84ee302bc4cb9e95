import * as z from 'zod'
import type { Serving } from '../domain/image.ts'
import { command, query, subscription } from '../rpc/procedure.ts'
import { jsonInput } from './json-input.ts'
import type { ProjectCore } from './project-core.ts'

const image = z.string().min(1).max(300)
const buildRequest = z.object({
  model: z.string().min(1),
  runtime: z.enum(['auto', 'onnx', 'python']).optional(),
  base: z.string().optional(),
  platform: z.string().optional(),
})
const pushOptions = z.object({
  plainHttp: z.boolean().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  acknowledgeUnstatedLicence: z.boolean().optional(),
})
const port = z.number().int().min(0).max(65_535)

export function imagesApi(core: ProjectCore) {
  return {
    images: {
      plan: query(buildRequest, (request) => core.images.plan(request)),
      build: command(buildRequest, (request) => core.images.build(request)),
      parity: command(z.object({ image, level: z.enum(['model', 'server', 'container', 'auto']) }), (input) =>
        core.images.parity(input.image, input.level),
      ),
      list: query(z.object({}), () => core.images.list()),
      get: query(z.object({ image }), (input) => core.images.get(input.image)),
      save: command(z.object({ image, file: z.string().min(1), format: z.enum(['docker', 'oci']) }), (input) =>
        core.images.save(input.image, input.file, input.format),
      ),
      push: command(z.object({ image, reference: z.string().min(1).max(500), options: pushOptions }), (input) =>
        core.images.push(input.image, input.reference, input.options),
      ),
    },
    serving: {
      engine: query(z.object({}), () => core.images.engine()),
      start: command(
        z.object({ image, engine: z.enum(['auto', 'docker', 'process']), port: port.optional() }),
        (input) => core.images.serve(input.image, input),
      ),
      list: query(z.object({}), () => core.images.servings()),
      stop: command(z.object({ id: z.string() }), (input) => core.images.stopServing(input.id)),
      watch: subscription(z.object({}), (_, emit: (servings: readonly Serving[]) => void) =>
        core.images.watchServings(emit),
      ),
      tryPredict: command(z.object({ id: z.string(), body: jsonInput }), (input) =>
        core.images.tryPredict(input.id, input.body),
      ),
      exampleRow: query(z.object({ model: z.string().min(1) }), (input) => core.images.exampleRow(input.model)),
    },
    registry: {
      start: command(z.object({ port: port.optional() }), (input) => core.registry.start(input.port)),
      default: query(z.object({}), () => core.registry.default()),
    },
  }
}
