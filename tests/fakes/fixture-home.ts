import type { HomeCore, Settings } from '../../core/api/home-core.ts'
import { fail } from '../../core/domain/failure.ts'
import type { KnownProject, Project } from '../../core/domain/project.ts'

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()

export type FixtureHomeOptions = {
  readonly emptyHome?: boolean
  /** What templates, and the folder suggested for one, wait for before they are answered. */
  readonly answersAfter?: Promise<void>
}

/** Home in memory: a few known projects, three templates, a small tree of folders. */
export function createFixtureHome(project: Project, options: FixtureHomeOptions = {}): HomeCore {
  let settings: Settings = { theme: 'system', displayName: 'Ada', keepCoreMs: null }
  let known: readonly KnownProject[] = options.emptyHome
    ? []
    : [
        { ...toKnown(project), lastOpenedAt: minutesAgo(4), lastRunState: 'completed' },
        {
          key: 'churn-77aa',
          name: 'Customer churn',
          folder: '/home/ada/projects/churn',
          lastOpenedAt: minutesAgo(190),
          lastRunState: 'failed',
          exists: true,
        },
        {
          key: 'old-0001',
          name: 'Bike demand',
          folder: '/media/usb/bikes',
          lastOpenedAt: minutesAgo(60 * 24 * 9),
          lastRunState: null,
          exists: false,
        },
        {
          key: 'harbour-0002',
          name: 'Harbour sounds',
          folder: '/net/archive/harbour',
          lastOpenedAt: minutesAgo(60 * 24 * 20),
          lastRunState: 'completed',
          exists: null,
        },
      ]
  return {
    knownProjects: async () => known,
    forget: async (key) => {
      known = known.filter((one) => one.key !== key)
    },
    open: async () => project,
    create: async () => project,
    templates: async () => {
      await options.answersAfter
      return [
        {
          name: 'wine',
          title: 'Wine grades',
          description: 'A small real table, six steps, and a model that ends in a container.',
          isSample: true,
        },
        {
          name: 'tabular',
          title: 'Tabular classification',
          description: 'Load, validate, split, train and evaluate a table of your own with scikit-learn.',
          isSample: false,
        },
        { name: 'empty', title: 'Empty pipeline', description: 'One step to start from.', isSample: false },
      ]
    },
    suggestFolder: async (template) => {
      await options.answersAfter
      return `/home/ada/projects/${template}`
    },
    readiness: async () => [
      { name: 'python', state: 'ok', detail: 'Python 3.12.4', remedy: null },
      { name: 'disk', state: 'ok', detail: '212 GB free', remedy: null },
      {
        name: 'engine',
        state: 'warning',
        detail: 'Docker is installed and does not answer.',
        remedy: 'Start Docker, or serve without a container.',
      },
      { name: 'network', state: 'ok', detail: 'Not needed. Used when you ask for it.', remedy: null },
    ],
    listFolder: async (path) => {
      const place = path ?? '/home/ada'
      const children: Record<string, readonly string[]> = {
        '/home/ada': ['Documents', 'Downloads', 'projects'],
        '/home/ada/projects': ['archive', 'churn', 'notes', 'wine'],
      }
      if (place === '/home/ada/projects/archive') throw fail('host/diskSilent', { folder: place })
      return {
        path: place,
        parent: place === '/' ? null : place.slice(0, place.lastIndexOf('/')) || '/',
        folders: (children[place] ?? []).map((name) => ({
          name,
          isProject: name === 'archive' ? null : ['churn', 'wine'].includes(name),
        })),
      }
    },
    settings: async () => settings,
    changeSettings: async (change) => {
      settings = { ...settings, ...change }
      return settings
    },
  }
}

function toKnown({ key, name, folder }: Project) {
  return { key, name, folder, exists: true }
}
