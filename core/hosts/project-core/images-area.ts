import { join } from 'node:path'
import type { JobBoard } from '../../api/job-board.ts'
import type { ProjectCore } from '../../api/project-core.ts'
import type { JobKind } from '../../domain/job.ts'
import type { Images, LongCall } from '../../images/create-images.ts'
import type { Assets } from '../assets.ts'
import type { ProjectParts } from './open-parts.ts'

type ImagesArea = Pick<ProjectCore, 'images' | 'registry'> & { close(): Promise<void> }

/** What each long call goes through, in order, by the names that it reports. */
const phases = {
  build: ['plan', 'layers', 'manifest', 'start', 'health', 'parity'],
  parity: ['start', 'health', 'parity'],
  save: ['write'],
  push: ['rules', 'compare', 'upload', 'manifest', 'verify'],
  serve: ['load', 'start', 'health'],
} as const

/**
 * Images, what serves them, and the registry. The room (container engine, archives, registries) is loaded when it is
 * first asked for anything: most commands never do.
 */
export function createImagesArea(
  parts: ProjectParts,
  jobs: JobBoard,
  options: {
    readonly homeFolder: string
    readonly assets: Assets
  },
): ImagesArea {
  let opened: Images | null = null
  let opening: Promise<Images> | null = null
  const open = (): Promise<Images> => {
    opening ??= openImages(parts, options).then((images) => {
      opened = images
      return images
    })
    return opening
  }
  const start = (
    kind: JobKind,
    title: string,
    names: readonly string[],
    work: (images: Images, call: LongCall) => Promise<unknown>,
  ) =>
    jobs.start({ kind, title, phases: names, cancellable: true }, async (report, signal) =>
      work(await open(), { report, signal }),
    )

  return {
    images: {
      plan: async (request) => (await open()).plan(request),
      build: (request) =>
        start('build', `Build an image of ${request.model}`, phases.build, (images, call) =>
          images.build(request, call),
        ),
      parity: (image, level) =>
        start('parity', `Parity of ${shorten(image)}`, phases.parity, (images, call) =>
          images.parity(image, level, call),
        ),
      list: async () => (await open()).list(),
      get: async (image) => (await open()).get(image),
      save: (image, file, format) =>
        start('build', `Save ${shorten(image)}`, phases.save, (images, call) => images.save(image, file, format, call)),
      push: (image, reference, wanted) =>
        start('push', `Push to ${reference}`, phases.push, (images, call) =>
          images.push(image, reference, wanted, call),
        ),
      engine: async () => (await open()).engine(),
      serve: (image, wanted) =>
        start('serve', `Serve ${shorten(image)}`, phases.serve, (images, call) => images.serve(image, wanted, call)),
      servings: () => opened?.servings() ?? [],
      stopServing: async (id) => (await open()).stopServing(id),
      watchServings(emit) {
        let stop = (): void => undefined
        let left = false
        void open().then((images) => {
          if (left) return
          stop = images.watchServings(emit)
          emit(images.servings())
        })
        return () => {
          left = true
          stop()
        }
      },
      tryPredict: async (id, body) => (await open()).tryPredict(id, body),
      exampleRow: (model) => parts.models.exampleRow(model),
    },
    registry: {
      start: async (port) => (await open()).registry.start(port),
      default: async () => (await open()).registry.default(),
    },
    async close() {
      await (await opening)?.close()
    },
  }
}

async function openImages(
  parts: ProjectParts,
  options: { readonly homeFolder: string; readonly assets: Assets },
): Promise<Images> {
  const { createImages } = await import('../../images/create-images.ts')
  const { findServingBundle } = await import('../../images/serving-bundle.ts')
  const { assets, homeFolder } = options
  const { actor, database, lineage, models, project, store } = parts
  const { folder, key } = project.get()
  return createImages({
    database,
    store,
    lineage,
    models,
    projectFolder: folder,
    projectKey: key,
    settings: () => project.settings(),
    parts: {
      nodeFile: assets.nodeBinary,
      nodeModulesFolder: assets.nodeModulesFolder,
      servingBundleFile: await findServingBundle(assets.servingBundle, assets.servingSource),
    },
    sharedLayersFolder: join(homeFolder, 'layers'),
    actor,
  })
}

/** A digest is for machines; in a title twelve digits of it do. */
function shorten(image: string): string {
  return image.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1')
}
