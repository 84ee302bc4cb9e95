import type { Artifact, ArtifactPreview } from '../domain/artifact.ts'
import type { JsonValue } from '../domain/json.ts'
import type { LineageDirection, LineageGraph } from '../domain/lineage.ts'

export type ArtifactsArea = {
  /** ARTIFACT is a digest, or `RUN:NAME`, or `RUN:NAME/PART`. */
  find(reference: string): Promise<Artifact>
  preview(reference: string): Promise<ArtifactPreview>
  read(digest: string, offset: number, length: number): Promise<{ readonly base64: string; readonly sizeBytes: number }>
}

export type LineageArea = {
  walk(reference: string, direction: LineageDirection, withDeleted?: boolean): Promise<LineageGraph>
  export(
    reference: string,
    direction: LineageDirection,
    format: 'openlineage' | 'prov',
    withDeleted?: boolean,
  ): Promise<JsonValue>
}
