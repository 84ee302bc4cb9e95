import type { ProjectCore } from '../../core/api/project-core.ts'
import { fail } from '../../core/domain/failure.ts'
import type { Image, Serving } from '../../core/domain/image.ts'
import type { FixtureJobs } from './fixture-jobs.ts'
import { digestOf } from './fixture-pipeline.ts'

const journeyPhases = ['Environment', 'Run', 'Register', 'Approve', 'Build', 'Push', 'Serve', 'Predict']

/** Images, serving and the whole journey, as far as a window shows them. */
export function createFixtureImages(
  jobs: FixtureJobs,
  models: ProjectCore['models'],
  phaseMs = 250,
): Pick<ProjectCore, 'images' | 'registry' | 'journey'> {
  const images: Image[] = []
  let servings: readonly Serving[] = []
  const watchers = new Set<(servings: readonly Serving[]) => void>()
  const announce = (now: readonly Serving[]) => {
    servings = now
    for (const watcher of watchers) watcher(now)
  }
  const find = (reference: string) => {
    const image = images.find((one) => one.manifestDigest.startsWith(reference) || one.model.name === reference)
    if (!image) throw fail('host/unexpected', { defect: `no image ${reference}` })
    return image
  }
  const layers = [
    { name: 'base', sizeBytes: 41_200_000, cached: true, contents: ['libc', 'libstdc++'] },
    { name: 'runtime', sizeBytes: 58_900_000, cached: true, contents: ['node', 'onnxruntime-node'] },
    { name: 'model', sizeBytes: 1_240_000, cached: false, contents: ['model.onnx', 'signature.json'] },
    { name: 'app', sizeBytes: 96_000, cached: false, contents: ['server.mjs'] },
  ] as const

  return {
    images: {
      plan: async ({ model }) => {
        const { name, version, digest } = await models.get(model)
        return {
          model: { name, version, digest },
          runtime: 'onnx',
          reason: 'The ONNX export equals the native model on every recorded row.',
          base: { kind: 'host', name: 'shared libraries of this computer', digest: digestOf('base') },
          platform: 'linux/amd64',
          user: '65532:65532',
          entrypoint: ['/usr/bin/node', '/app/server.mjs'],
          layers,
          labels: { 'org.opencontainers.image.title': name },
        }
      },
      build: ({ model }) =>
        jobs.start('build', `Build ${model}`, async (report) => {
          const { name, version, digest } = await models.get(model)
          report({ phase: 'Writing layers', done: 1, total: 4, unit: 'steps', fact: 'model' })
          const image: Image = {
            manifestDigest: digestOf(`manifest ${digest}`),
            imageId: digestOf(`config ${digest}`),
            platform: 'linux/amd64',
            runtime: 'onnx',
            sizeBytes: 101_436_000,
            layers: layers.map((layer) => ({
              mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
              digest: digestOf(layer.name),
              diffId: digestOf(`${layer.name} diff`),
              sizeBytes: layer.sizeBytes,
              name: layer.name,
            })),
            model: { name, version, digest },
            base: 'host',
            builtAt: new Date().toISOString(),
            parity: null,
            pushes: [],
          }
          images.unshift(image)
          return { image: image as never }
        }),
      parity: (image) => jobs.start('parity', `Prove ${image}`, async () => null),
      list: async () => images,
      get: async (image) => find(image),
      save: (image) => jobs.start('push', `Save ${image}`, async () => null),
      push: (image, reference) => jobs.start('push', `Push ${image} to ${reference}`, async () => null),
      engine: async () => ({
        state: 'stopped',
        reason: 'Docker is installed and does not answer.',
        remedy: 'Start Docker, or serve without a container.',
        socket: '/var/run/docker.sock',
      }),
      serve: (image) =>
        jobs.start('serve', `Serve ${image}`, async () => {
          const serving: Serving = {
            id: 'serving-1',
            manifestDigest: find(image).manifestDigest,
            model: find(image).model.name,
            url: 'http://127.0.0.1:8101',
            engine: 'process',
            container: null,
            state: 'healthy',
            startedAt: new Date().toISOString(),
            log: ['listening on 127.0.0.1:8101'],
          }
          announce([serving])
          return serving as never
        }),
      servings: () => servings,
      stopServing: async () => announce([]),
      watchServings: (emit) => {
        watchers.add(emit)
        emit(servings)
        return () => watchers.delete(emit)
      },
      tryPredict: async () => ({ status: 200, body: { predictions: [1] }, durationMs: 3 }),
      exampleRow: async () => ({ alcohol: 12.8, magnesium: 101 }),
    },
    registry: {
      start: async () => ({ url: 'http://127.0.0.1:5107' }),
      default: async () => ({ reference: '127.0.0.1:5107/wine-grades', embedded: true }),
    },
    journey: {
      start: () =>
        jobs.start('journey', 'Run the whole journey', async (report) => {
          for (const phase of journeyPhases) {
            report({ phase, done: 0, total: null, unit: null, fact: `${phase} is under way` })
            await new Promise((settle) => setTimeout(settle, phaseMs))
          }
          return {
            model: 'wine-grades@1',
            reference: '127.0.0.1:5107/wine-grades:1',
            manifestDigest: digestOf('pushed'),
            parity: null,
            url: 'http://127.0.0.1:8101',
            engine: 'process',
            prediction: { predictions: [1], outputs: { probability: [[0.02, 0.95, 0.03]] } },
          }
        }),
    },
  }
}
