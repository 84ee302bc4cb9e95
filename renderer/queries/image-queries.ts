import type { BuildRequest, PushOptions } from '../../core/api/images-area.ts'
import type { JsonValue } from '../../core/domain/json.ts'
import { useProjectCommand, useProjectQuery } from './use-project-query.ts'

export function useBuildPlan(request: BuildRequest | null) {
  return useProjectQuery(['images', 'plan', request], (client) => client.images.plan(request ?? { model: '' }), {
    enabled: request !== null,
  })
}

export function useImages() {
  return useProjectQuery(['images', 'list'], (client) => client.images.list({}))
}

export function useImage(image: string | null) {
  return useProjectQuery(['images', 'detail', image], (client) => client.images.get({ image: image ?? '' }), {
    enabled: image !== null,
  })
}

/** The engine is started and stopped behind our back, so it is asked now and then. */
export function useEngine() {
  return useProjectQuery(['engine'], (client) => client.serving.engine({}), { everyMs: 30_000 })
}

export function useDefaultRegistry() {
  return useProjectQuery(['registry'], (client) => client.registry.default({}))
}

export function useExampleRow(model: string | null) {
  return useProjectQuery(['images', 'example', model], (client) => client.serving.exampleRow({ model: model ?? '' }), {
    enabled: model !== null,
  })
}

export function useBuildImage() {
  return useProjectCommand((client, request: BuildRequest) => client.images.build(request))
}

export function useProveParity() {
  return useProjectCommand((client, input: { image: string; level: 'model' | 'server' | 'container' | 'auto' }) =>
    client.images.parity(input),
  )
}

export function useSaveImage() {
  return useProjectCommand((client, input: { image: string; file: string; format: 'docker' | 'oci' }) =>
    client.images.save(input),
  )
}

export function usePushImage() {
  return useProjectCommand((client, input: { image: string; reference: string; options: PushOptions }) =>
    client.images.push(input),
  )
}

export function useServe() {
  return useProjectCommand((client, input: { image: string; engine: 'auto' | 'docker' | 'process'; port?: number }) =>
    client.serving.start(input),
  )
}

export function useStopServing() {
  return useProjectCommand((client, id: string) => client.serving.stop({ id }))
}

export function useTryPredict() {
  return useProjectCommand((client, input: { id: string; body: JsonValue }) =>
    client.serving.tryPredict({ id: input.id, body: input.body as never }),
  )
}

export function useStartRegistry() {
  return useProjectCommand((client, port: number | undefined) => client.registry.start({ port }), ['registry'])
}
