import type { ProjectCore } from '../../core/api/project-core.ts'
import type { Approval, ModelVersion } from '../../core/domain/model.ts'
import { digestOf } from './fixture-pipeline.ts'
import type { createFixtureRuns } from './fixture-runs.ts'

/** Registered models in memory. */
export function createFixtureModels(runs: ReturnType<typeof createFixtureRuns>): ProjectCore['models'] {
  const versions: ModelVersion[] = []
  const find = (reference: string) => {
    const [name, version] = reference.split('@')
    const found = versions.findLast((one) => one.name === name && (!version || one.version === Number(version)))
    if (!found) throw new Error(`no model ${reference}`)
    return found
  }
  const replace = (version: ModelVersion) => {
    versions[versions.findIndex((one) => one.name === version.name && one.version === version.version)] = version
    return version
  }
  return {
    list: async () =>
      [...new Set(versions.map((version) => version.name))].map((name) => ({
        name,
        versions: versions.filter((version) => version.name === name),
      })),
    register: async (reference, name) => {
      const artifact = runs.findArtifact(reference)
      const version: ModelVersion = {
        name,
        version: versions.filter((one) => one.name === name).length + 1,
        digest: artifact.descriptor.digest,
        runId: artifact.runId,
        step: artifact.step,
        artifact: artifact.name,
        pythonType: artifact.pythonType,
        registeredAt: new Date().toISOString(),
        registeredBy: 'Ada',
        signature: {
          layout: 'columns',
          inputs: [
            { name: 'alcohol', graphName: 'alcohol', type: 'FP32', shape: [-1, 1], nullable: true },
            { name: 'magnesium', graphName: 'magnesium', type: 'INT64', shape: [-1, 1], nullable: false },
          ],
          outputs: [{ name: 'predict', graphName: 'label', type: 'INT64', shape: [-1], nullable: false }],
          predictOutput: 'predict',
          classes: [0, 1, 2],
        },
        onnx: { state: 'absent', reason: 'The fixture exports nothing.' },
        native: artifact.descriptor,
        predictionsDigest: null,
        aliases: [],
        approval: null,
      }
      versions.push(version)
      return version
    },
    get: async (model) => find(model),
    evidence: async (model) => {
      const { name, version, digest, runId, signature, onnx } = find(model)
      const { run } = runs.get(runId)
      return {
        model: { name, version, digest },
        run: { id: runId, startedAt: run.startedAt, gitCommit: '9f2c1e7a' },
        metrics: run.metrics,
        params: run.params,
        sources: [{ path: 'pipeline.py', digest: digestOf('pipeline') }],
        data: [{ path: 'data/wine.csv', digest: digestOf('wine'), origin: 'UCI', licence: 'CC-BY-4.0' }],
        lockDigest: digestOf('lock'),
        python: '3.12.4',
        signature,
        onnx,
      }
    },
    decide: async (model, state, note) => {
      const version = find(model)
      const approval: Approval = {
        state,
        by: 'Ada',
        at: new Date().toISOString(),
        note,
        modelDigest: version.digest,
        evidenceDigest: digestOf(note),
        stale: null,
      }
      replace({ ...version, approval })
      return approval
    },
    alias: async (model, alias) => {
      const version = find(model)
      return replace({ ...version, aliases: [...version.aliases, alias] })
    },
  }
}
