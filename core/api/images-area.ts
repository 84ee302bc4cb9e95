import type { BuildPlan, EngineStatus, Image, Serving } from '../domain/image.ts'
import type { Job } from '../domain/job.ts'
import type { JsonValue } from '../domain/json.ts'

export type BuildRequest = {
  readonly model: string
  readonly runtime?: 'auto' | 'onnx' | 'python' | undefined
  readonly base?: string | undefined
  readonly platform?: string | undefined
}

export type PushOptions = {
  readonly plainHttp?: boolean | undefined
  readonly username?: string | undefined
  readonly password?: string | undefined
  /** Says that an unstated licence was seen and accepted. */
  readonly acknowledgeUnstatedLicence?: boolean | undefined
}

export type ImagesArea = {
  plan(request: BuildRequest): Promise<BuildPlan>
  build(request: BuildRequest): Job
  parity(image: string, level: 'model' | 'server' | 'container' | 'auto'): Job
  list(): Promise<readonly Image[]>
  get(image: string): Promise<Image>
  save(image: string, file: string, format: 'docker' | 'oci'): Job
  push(image: string, reference: string, options: PushOptions): Job
  engine(): Promise<EngineStatus>
  serve(
    image: string,
    options: { readonly engine: 'auto' | 'docker' | 'process'; readonly port?: number | undefined },
  ): Job
  servings(): readonly Serving[]
  stopServing(id: string): Promise<void>
  watchServings(emit: (servings: readonly Serving[]) => void): () => void
  /** Sends rows to a serving's /predict and gives its answer, whatever the status. */
  tryPredict(
    id: string,
    body: JsonValue,
  ): Promise<{ readonly status: number; readonly body: JsonValue; readonly durationMs: number }>
  /** A row recorded at training, to fill the try-it form. */
  exampleRow(model: string): Promise<JsonValue>
}

export type RegistryArea = {
  /** The embedded registry; starts it when it is not running. */
  start(port?: number): Promise<{ readonly url: string }>
  default(): Promise<{ readonly reference: string; readonly embedded: boolean }>
}
