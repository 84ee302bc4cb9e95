import {
  Box,
  Boxes,
  FileText,
  FlaskConical,
  Layers2,
  type LucideIcon,
  PackageCheck,
  Play,
  SearchCheck,
  SendHorizontal,
  Settings2,
  ShieldCheck,
  SquareCode,
} from 'lucide-react'
import type { LineageNode, LineageNodeKind } from '../../../core/domain/lineage.ts'

const kindWords: Record<LineageNodeKind, string> = {
  source: 'Source',
  file: 'File',
  environment: 'Environment',
  params: 'Params',
  stepRun: 'Step run',
  artifact: 'Artifact',
  run: 'Run',
  proof: 'Proof',
  modelVersion: 'Model version',
  gateResult: 'Gate result',
  approval: 'Approval',
  image: 'Image',
  push: 'Push',
}

export const kindIcons: Record<LineageNodeKind, LucideIcon> = {
  source: SquareCode,
  file: FileText,
  environment: Layers2,
  params: Settings2,
  stepRun: Play,
  artifact: Box,
  run: FlaskConical,
  proof: SearchCheck,
  modelVersion: Boxes,
  gateResult: ShieldCheck,
  approval: ShieldCheck,
  image: PackageCheck,
  push: SendHorizontal,
}

/** What it is, and whether it is of a deleted run. */
export function describeKind({ kind, deleted }: LineageNode): string {
  return deleted ? `${kindWords[kind]}, deleted` : kindWords[kind]
}

/** The name, else a short form of the key. */
export function nameOf(node: LineageNode): string {
  if (node.name && node.kind === 'params') return describeParams(node.name)
  if (node.name) return node.name
  const key = node.id.slice(node.id.indexOf(':') + 1)
  return key.replace(/^sha256:/, '').slice(0, 16)
}

/** What runs, what proves or decides, what a step ran with; the rest is what goes through. */
export const kindTones: Record<LineageNodeKind, 'step' | 'proof' | 'context' | 'thing'> = {
  source: 'context',
  file: 'thing',
  environment: 'context',
  params: 'context',
  stepRun: 'step',
  artifact: 'thing',
  run: 'context',
  proof: 'proof',
  modelVersion: 'thing',
  gateResult: 'proof',
  approval: 'proof',
  image: 'thing',
  push: 'thing',
}

function describeParams(json: string): string {
  try {
    const entries = Object.entries(JSON.parse(json) as Record<string, unknown>)
    return entries.map(([key, value]) => `${key} = ${JSON.stringify(value)}`).join(', ') || 'none'
  } catch {
    return json
  }
}
