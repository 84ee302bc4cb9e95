import { useProjectCommand, useProjectQuery } from './use-project-query.ts'

export function useModels() {
  return useProjectQuery(['models', 'list'], (client) => client.models.list({}))
}

/** `model` is `NAME`, `NAME@VERSION` or `NAME@ALIAS`. */
export function useModel(model: string | null) {
  return useProjectQuery(['models', 'detail', model], (client) => client.models.get({ model: model ?? '' }), {
    enabled: model !== null,
  })
}

export function useEvidence(model: string | null) {
  return useProjectQuery(['models', 'evidence', model], (client) => client.models.evidence({ model: model ?? '' }), {
    enabled: model !== null,
  })
}

export function useRegisterModel() {
  return useProjectCommand(
    (client, input: { artifact: string; name: string }) => client.models.register(input),
    ['models', 'lineage'],
  )
}

export function useDecideModel() {
  return useProjectCommand(
    (client, input: { model: string; state: 'approved' | 'rejected'; note: string }) => client.models.decide(input),
    ['models', 'lineage'],
  )
}

export function useAliasModel() {
  return useProjectCommand((client, input: { model: string; alias: string }) => client.models.alias(input), ['models'])
}
