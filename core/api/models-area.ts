import type { Approval, Evidence, ModelVersion, RegisteredModel } from '../domain/model.ts'

export type ModelsArea = {
  list(): Promise<readonly RegisteredModel[]>
  register(artifact: string, name: string): Promise<ModelVersion>
  get(model: string): Promise<ModelVersion>
  evidence(model: string): Promise<Evidence>
  decide(model: string, state: 'approved' | 'rejected', note: string): Promise<Approval>
  alias(model: string, alias: string): Promise<ModelVersion>
}
