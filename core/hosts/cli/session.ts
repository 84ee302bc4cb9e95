import { DescribedError } from '../../api/described-error.ts'
import type { HomeCore } from '../../api/home-core.ts'
import type { ProjectApi } from '../../api/project-api.ts'
import { fail } from '../../domain/failure.ts'
import type { Job } from '../../domain/job.ts'
import type { ClientOf } from '../../rpc/client.ts'
import type { Workbench } from '../open-workbench.ts'
import type { ProjectConnection } from '../project-connection.ts'
import type { Output } from './output.ts'

/** What a command works with. Nothing is opened before it is asked for. */
export type Session = {
  readonly output: Output
  /** Fires at Ctrl-C. */
  readonly signal: AbortSignal
  home(): Promise<HomeCore>
  /** The project meant by -C or by the nearest parent folder. */
  project(): Promise<ClientOf<ProjectApi>>
  connection(): Promise<ProjectConnection>
  /** The project again, trusted: by --trust, by an answer on the terminal, or from before. @throws project/notTrusted */
  trustedProject(): Promise<ClientOf<ProjectApi>>
  /** Yes by --yes or on the terminal. @throws host/needsAnswer without either */
  confirm(question: string, flag: string): Promise<boolean>
  /** Starts a job, shows its progress, cancels it at Ctrl-C, and gives it as it ended. */
  follow(start: (project: ClientOf<ProjectApi>) => Promise<Job>): Promise<Job>
  /** The same for a job that has to succeed. @throws its failure */
  complete(start: (project: ClientOf<ProjectApi>) => Promise<Job>): Promise<Job>
  /** The same session on another project. */
  withProject(folder: string): Session
  /** Serves the workbench to a browser on this machine; a null folder shows the project here, else home. */
  openWorkbench(options: { readonly folder: string | null; readonly port: number }): Promise<Workbench>
  /** Shows the desktop workbench until it is closed and gives its exit code; null where there is none to show. */
  openDesktop(folder: string | null): Promise<number | null>
  /** Resolves at Ctrl-C. */
  untilInterrupted(): Promise<void>
  /** Resolves once no core lives here any more; `onWaiting` hears when it must first wait for others that use it. */
  close(onWaiting?: () => void): Promise<void>
}

export type SessionOptions = {
  readonly output: Output
  readonly signal: AbortSignal
  /** Fires when the process is told to end whatever others do with the core in it. */
  readonly endNow: AbortSignal
  readonly folder: string
  readonly yes: boolean
  readonly trust: boolean
  /** Somebody sits there who can answer. */
  readonly canAsk: () => boolean
  readonly openHome: () => Promise<HomeCore>
  readonly openProject: (folder: string) => Promise<ProjectConnection>
  readonly openWorkbench: (folder: string | null, port: number) => Promise<Workbench>
  readonly openDesktop: (folder: string | null) => Promise<number | null>
}

export function createSession(options: SessionOptions): Session {
  const { output, signal } = options
  let home: Promise<HomeCore> | null = null
  let connection: Promise<ProjectConnection> | null = null
  const others: Session[] = []

  const session: Session = {
    output,
    signal,
    home: () => {
      home ??= options.openHome()
      return home
    },
    connection: () => {
      connection ??= options.openProject(options.folder).then((opened) => {
        if (opened.corePid !== process.pid)
          output.detail(`process ${process.pid} attached to the core of process ${opened.corePid}`)
        return opened
      })
      return connection
    },
    project: async () => (await session.connection()).api,
    async trustedProject() {
      const { api } = await session.connection()
      const project = await api.project.get({})
      if (project.caution) output.note(project.caution)
      if (project.trusted) return api
      if (options.trust) await api.project.trust({ remember: false })
      else if (!options.yes && options.canAsk()) {
        const question = `Running executes the code of ${project.folder} with your rights. Trust it?`
        if (!(await ask(question, signal))) throw fail('project/notTrusted', { folder: project.folder })
        await api.project.trust({})
      } else throw fail('project/notTrusted', { folder: project.folder })
      return api
    },
    async confirm(question, flag) {
      if (options.yes) return true
      if (!options.canAsk()) throw fail('host/needsAnswer', { question, flag })
      return ask(question, signal)
    },
    follow: async (start) => followJob(await session.project(), start, output, signal),
    async complete(start) {
      const job = await session.follow(start)
      if (job.failure) throw new DescribedError(job.failure)
      return job
    },
    withProject: (folder) => {
      const other = createSession({ ...options, folder })
      others.push(other)
      return other
    },
    openWorkbench: ({ folder, port }) => options.openWorkbench(folder, port),
    openDesktop: options.openDesktop,
    untilInterrupted: () =>
      new Promise((done) => {
        if (signal.aborted) done()
        else signal.addEventListener('abort', () => done(), { once: true })
      }),
    async close(onWaiting) {
      for (const other of others) await other.close(onWaiting)
      const open = await connection?.catch(() => null)
      if (!open) return
      const { endNow } = options
      const urge = () => void open.close({ now: true })
      endNow.addEventListener('abort', urge)
      await open.close({ now: endNow.aborted, onWaiting }).finally(() => endNow.removeEventListener('abort', urge))
    },
  }
  return session
}

async function ask(question: string, signal: AbortSignal): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises')
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `, { signal })).trim())
  } finally {
    lines.close()
  }
}

/** Listens before it starts, so that even the shortest job is seen to end. */
async function followJob(
  api: ClientOf<ProjectApi>,
  start: (project: ClientOf<ProjectApi>) => Promise<Job>,
  output: Output,
  signal: AbortSignal,
): Promise<Job> {
  // Not Promise.withResolvers: a command that only attaches runs on the Node that called it, which may be older.
  let resolve: (job: Job) => void = () => undefined
  let reject: (error: unknown) => void = () => undefined
  const promise = new Promise<Job>((done, refuse) => {
    resolve = done
    reject = refuse
  })
  const early = new Map<string, Job>()
  let id: string | null = null
  const see = (job: Job) => {
    if (id === null) return void early.set(job.id, job)
    if (job.id !== id) return
    output.progress(job)
    if (job.endedAt !== null) resolve(job)
  }
  const leave = api.jobs.watch({}, see, (error) => reject(error ?? fail('host/connectionLost', {})))
  const cancel = () => {
    if (id !== null) void api.jobs.cancel({ id }).catch((error: unknown) => output.detail(String(error)))
  }
  signal.addEventListener('abort', cancel)
  try {
    const job = await start(api)
    id = job.id
    see(early.get(id) ?? job)
    if (signal.aborted) cancel()
    return await promise
  } finally {
    signal.removeEventListener('abort', cancel)
    leave()
  }
}
