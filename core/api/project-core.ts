import type { Artifact, ArtifactPreview } from '../domain/artifact.ts'
import type {
  DatasetEntry,
  DatasetFiles,
  DatasetTerms,
  DatasetUse,
  DatasetVersion,
  DatasetVersionDetail,
  UndeclaredFile,
} from '../domain/dataset.ts'
import type { CleanedEnvironments, EnvironmentStatus, KeptEnvironment } from '../domain/environment.ts'
import type { BuildPlan, EngineStatus, Image, Serving } from '../domain/image.ts'
import type { Job } from '../domain/job.ts'
import type { JsonValue } from '../domain/json.ts'
import type { LineageDirection, LineageGraph } from '../domain/lineage.ts'
import type { Approval, Evidence, ModelVersion, RegisteredModel } from '../domain/model.ts'
import type { Pipeline } from '../domain/pipeline.ts'
import type { CoreProcess, Dataset, OpenedFile, Project, ProjectFile, RecordingSettings } from '../domain/project.ts'
import type { Proof } from '../domain/proof.ts'
import type { RunPlan } from '../domain/reason.ts'
import type {
  CurveRequest,
  DeletedRun,
  MetricCurve,
  MetricWithHistory,
  Run,
  RunComparison,
  RunDetail,
  RunEvent,
} from '../domain/run.ts'
import type { RunColumnName, RunColumnsAnswer } from '../domain/run-columns.ts'
import type { SpaceRequest, SpaceSurvey } from '../domain/space.ts'
import type { Sweep, SweepDetail, SweepEvent, SweepPreview, SweepRequest } from '../domain/sweep.ts'
import type { ExportRequest, Tables } from '../tables/tables.ts'

type Stop = () => void

/** `STEP.PARAM` → value. */
export type ParamOverrides = Readonly<Record<string, JsonValue>>
export type RunRequest = {
  /** Steps to bring up to date, with what they need; empty means all. */
  readonly steps: readonly string[]
  readonly params: ParamOverrides
  readonly experiment?: string | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
  readonly noCache?: boolean | undefined
}
export type RunListRequest = {
  readonly filter?: string | undefined
  readonly sort?: string | undefined
  readonly limit?: number | undefined
  readonly offset?: number | undefined
}
export type BuildRequest = {
  readonly model: string
  readonly runtime?: 'auto' | 'onnx' | 'python' | undefined
  readonly base?: string | undefined
  readonly platform?: string | undefined
}

export type DataAddRequest = {
  readonly name: string
  /** Absent for a dataset that slipway.toml names already. */
  readonly path?: string | undefined
  /** Default true; false records digests alone. */
  readonly keep?: boolean | undefined
  /** Makes the files read-only and links them into the store instead of copying. */
  readonly link?: boolean | undefined
  readonly terms?: { readonly [Term in keyof DatasetTerms]?: DatasetTerms[Term] | undefined } | undefined
}
export type DataDeclareRequest = {
  readonly name: string
  /** Needed for a new entry. */
  readonly path?: string | undefined
  /** A term that is null is taken away; one that is absent stays. */
  readonly terms?: { readonly [Term in keyof DatasetTerms]?: DatasetTerms[Term] | null | undefined } | undefined
}
export type DataDiffRequest = {
  readonly name: string
  /** A version's number, a digest or a prefix of one, `newest`, or `now` for the files on disk. Default: `newest`. */
  readonly from?: string | undefined
  /** Default: `now`. */
  readonly to?: string | undefined
  /** Columns that tell one row from another; without them whole rows are compared. */
  readonly key?: readonly string[] | undefined
}

/** Datasets and their versions. `dataset` is `NAME@VERSION`, or `NAME` for its newest version. */
export type DataArea = {
  list(): Promise<readonly DatasetEntry[]>
  show(dataset: string): Promise<DatasetVersionDetail>
  /** Newest first. */
  versions(name: string): Promise<readonly DatasetVersion[]>
  /** The files on disk against the version, a page of them, those that differ first. */
  files(
    dataset: string,
    page: { readonly offset?: number | undefined; readonly limit?: number | undefined },
  ): Promise<DatasetFiles>
  /** Runs that read a version of it, newest first. */
  uses(name: string): Promise<readonly DatasetUse[]>
  /** What steps were seen to read and no entry covers. */
  undeclared(): Promise<readonly UndeclaredFile[]>
  /** Writes the entry in slipway.toml and makes no version. */
  declare(request: DataDeclareRequest): Promise<Dataset>
  /** The job's result is a DatasetDiff. */
  diff(request: DataDiffRequest): Job
  /** The job's result is `{dataset: DatasetVersionDetail without its files, isNew, storedBytes}`: they may be many. */
  add(request: DataAddRequest): Job
  /** The columns of the newest version are expected of its files from now on; `clear` expects nothing any more. */
  expect(name: string, clear: boolean): Promise<Dataset>
  /**
   * Copies what lies on this computer, by absolute paths, into the project: one file becomes the file `to`, a folder or
   * several become the new folder `to`. The job's result is `{path, sizeBytes}`.
   */
  bring(from: readonly string[], to: string): Job
  /** What only a browser can read comes in pieces: `to` is the place in the project, of a file or of a new folder. */
  openUpload(to: string, sizeBytes: number, isFolder: boolean): Promise<{ readonly upload: string }>
  /** `offset` is how many bytes of the file came before; `file` is its path in the folder, null where it is no folder. */
  writeUpload(upload: string, offset: number, bytes: Uint8Array, file: string | null): Promise<void>
  finishUpload(upload: string): Promise<{ readonly path: string; readonly sizeBytes: number }>
  /** Leaves nothing of it; ended already is fine, too. */
  dropUpload(upload: string): Promise<void>
  /** The job's result is `{dataset, folder, written, unchanged, trashed: [path]}`; `to` is a folder, else the project. */
  restore(dataset: string, to?: string): Job
  /** The job's result is `{file, sizeBytes}`; `replaces` false refuses a file that is there already. */
  export(dataset: string, format: 'croissant', file: string, replaces?: boolean): Job
}

/** Sizes as they are written, `256 MB`. */
export type RecordingChange = {
  readonly keepFile?: string | null | undefined
  readonly keepRun?: string | null | undefined
  readonly keepLog?: string | null | undefined
}

/** Everything that one open project offers, area by area. Long things answer with the job that does them. */
export type ProjectCore = {
  readonly project: {
    get(): Project
    /** Not remembered means: for as long as this core lives. */
    trust(remember?: boolean): Project
    /** Takes trust back that is not remembered. */
    endTrustForNow(): void
    /** Parses the project's modules; `buffers` (path → text) stand in for files not saved yet. */
    pipeline(buffers: Readonly<Record<string, string>>): Promise<Pipeline>
    datasets(): Promise<readonly Dataset[]>
    files(): Promise<readonly ProjectFile[]>
    readFile(path: string): Promise<OpenedFile>
    /** Refuses with `project/fileChanged` when the file no longer has `digest`; null digest means a new file. */
    writeFile(path: string, text: string, digest: string | null): Promise<OpenedFile>
    /** How much of files and of output is kept, by [recording] of slipway.toml. */
    recording(): Promise<RecordingSettings>
    /** Writes those keys of [recording]; null takes one out. @throws project/settingsInvalid, project/readOnly */
    changeRecording(change: RecordingChange): Promise<RecordingSettings>
    /** Announces changes on disk (paths) and loss of the folder. */
    watch(emit: (event: { readonly changed: readonly string[]; readonly gone: boolean }) => void): Stop
  }
  readonly core: {
    show(): CoreProcess
    /** Ends a kept core once the commands that use it are through. @throws host/usage where it is not kept */
    stop(): void
  }
  readonly environment: {
    status(): Promise<EnvironmentStatus>
    sync(): Job
    /** Those of past runs, which proofs made again. */
    kept(): Promise<readonly KeptEnvironment[]>
    /** Removes those named, else all that are not in use. */
    clean(names?: readonly string[]): Promise<CleanedEnvironments>
  }
  readonly runs: {
    plan(request: RunRequest): Promise<RunPlan>
    /** Starts at once; the job ends with the run. `runId` names the run from the start. */
    start(request: RunRequest): Promise<{ readonly job: Job; readonly runId: string }>
    cancel(runId: string): Promise<void>
    list(request: RunListRequest): Promise<{ readonly runs: readonly Run[]; readonly total: number }>
    /** Everything that can be a column of runs, and some columns of all runs: for tables of very many of them. */
    columnNames(): Promise<readonly RunColumnName[]>
    columns(names: readonly RunColumnName[]): Promise<RunColumnsAnswer>
    get(reference: string): Promise<RunDetail>
    compare(references: readonly string[]): Promise<RunComparison>
    log(reference: string, step: string | null): Promise<{ readonly text: string; readonly truncated: boolean }>
    /** The source of a step as it was when the run was made. */
    source(reference: string, step: string): Promise<{ readonly module: string; readonly text: string }>
    history(
      reference: string,
      key: string,
    ): Promise<readonly { iteration: number | null; value: number | string; at: string }[]>
    metricsWithHistory(references: readonly string[]): Promise<readonly MetricWithHistory[]>
    curves(request: CurveRequest): Promise<readonly MetricCurve[]>
    tag(reference: string, key: string, value: string | null): Promise<Run>
    /** All of them or none. @throws tracking/runNeeded */
    delete(references: readonly string[]): Promise<readonly DeletedRun[]>
    restore(references: readonly string[]): Promise<readonly Run[]>
    /** Newest deletion first. */
    deleted(): Promise<readonly DeletedRun[]>
    watch(emit: (event: RunEvent) => void): Stop
  }
  readonly proofs: {
    /** Executes a past run again and compares; the job ends with the proof, which is recorded. */
    start(run: string, why: boolean): Job
    /** Newest first. */
    list(run: string): Promise<readonly Proof[]>
  }
  readonly sweeps: {
    /** What would be tried; runs nothing. */
    plan(request: SweepRequest): Promise<SweepPreview>
    start(request: SweepRequest): Promise<{ readonly job: Job; readonly sweepId: string }>
    resume(sweep: string, retryFailed: boolean): Promise<{ readonly job: Job; readonly sweepId: string }>
    /** Resolves when nothing of it runs any more. */
    cancel(sweep: string): Promise<SweepDetail>
    list(): Promise<readonly Sweep[]>
    get(sweep: string): Promise<SweepDetail>
    watch(emit: (event: SweepEvent) => void): Stop
  }
  readonly artifacts: {
    /** ARTIFACT is a digest, or `RUN:NAME`, or `RUN:NAME/PART`. */
    find(reference: string): Promise<Artifact>
    preview(reference: string): Promise<ArtifactPreview>
    read(
      digest: string,
      offset: number,
      length: number,
    ): Promise<{ readonly base64: string; readonly sizeBytes: number }>
  }
  readonly lineage: {
    walk(reference: string, direction: LineageDirection, withDeleted?: boolean): Promise<LineageGraph>
    export(
      reference: string,
      direction: LineageDirection,
      format: 'openlineage' | 'prov',
      withDeleted?: boolean,
    ): Promise<JsonValue>
  }
  readonly data: DataArea
  readonly models: {
    list(): Promise<readonly RegisteredModel[]>
    register(artifact: string, name: string): Promise<ModelVersion>
    get(model: string): Promise<ModelVersion>
    evidence(model: string): Promise<Evidence>
    decide(model: string, state: 'approved' | 'rejected', note: string): Promise<Approval>
    alias(model: string, alias: string): Promise<ModelVersion>
  }
  readonly images: {
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
    watchServings(emit: (servings: readonly Serving[]) => void): Stop
    /** Sends rows to a serving's /predict and gives its answer, whatever the status. */
    tryPredict(
      id: string,
      body: JsonValue,
    ): Promise<{ readonly status: number; readonly body: JsonValue; readonly durationMs: number }>
    /** A row recorded at training, to fill the try-it form. */
    exampleRow(model: string): Promise<JsonValue>
  }
  readonly registry: {
    /** The embedded registry; starts it when it is not running. */
    start(port?: number): Promise<{ readonly url: string }>
    default(): Promise<{ readonly reference: string; readonly embedded: boolean }>
  }
  readonly tables: TablesArea
  readonly space: {
    /** Where space went and what nothing needs; changes nothing. */
    survey(request: Pick<SpaceRequest, 'olderThanMs'>): Promise<SpaceSurvey>
    /** Moves that to the trash, and ends what has been there for its time. The job's result is SpaceFreed. */
    clear(request: SpaceRequest): Job
  }
  readonly doctor: { run(repair: boolean): Job }
  readonly journey: { start(): Job }
  readonly jobs: {
    list(): readonly Job[]
    cancel(id: string): void
    watch(emit: (job: Job) => void): Stop
  }
  /** Ends everything that this project runs; resolves when its database is closed and its lock is gone. */
  close(): Promise<void>
}

/** Tables of any size, looked into; a view of one is written to a new file of the project. */
export type TablesArea = Omit<Tables, 'export' | 'close'> & { export(request: ExportRequest, path: string): Job }

export type PushOptions = {
  readonly plainHttp?: boolean | undefined
  readonly username?: string | undefined
  readonly password?: string | undefined
  /** Says that an unstated licence was seen and accepted. */
  readonly acknowledgeUnstatedLicence?: boolean | undefined
}
