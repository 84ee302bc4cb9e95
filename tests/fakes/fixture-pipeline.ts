import { createHash } from 'node:crypto'
import type { Digest } from '../../core/domain/digest.ts'
import type { Pipeline, PipelineEdge, Problem, StepDeclaration } from '../../core/domain/pipeline.ts'

export function digestOf(text: string): Digest {
  return `sha256:${createHash('sha256').update(text).digest('hex')}` as Digest
}

/** Reads the steps of one well-behaved module by pattern. Good enough to draw; the real reader is core's. */
export function readPipeline(module: string, text: string): Pipeline {
  const lines = text.split('\n')
  const problems: Problem[] = findBrokenLine(module, lines)
  const steps: StepDeclaration[] = []
  const pattern = /@step(?:\(outputs=\(([^)]*)\)\))?\n(async )?def (\w+)\(([^)]*)\)[^:]*:\n(?: {4}"""(.*?)""")?/g
  for (const match of text.matchAll(pattern)) {
    const [whole, outputs, isAsync, name = '', args = '', description] = match
    const line = text.slice(0, match.index).split('\n').length + 1
    const end = text.indexOf('\n@step', match.index + whole.length)
    const [positional = '', keywords = ''] = args.split('*,')
    const body = text.slice(match.index, end === -1 ? undefined : end).trimEnd()
    const span = { module, line, column: 1, endLine: line + body.split('\n').length - 2, endColumn: 1 }
    steps.push({
      name,
      module,
      span,
      inputs: positional
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
      outputs: outputs ? [...outputs.matchAll(/"(\w+)"/g)].map((m) => m[1] as string) : [name],
      outputsDeclared: outputs !== undefined,
      params: [...keywords.matchAll(/(\w+)\s*:\s*([^=,]+?)\s*=\s*("[^"]*"|[^,]+)/g)].map((m) => ({
        name: m[1] as string,
        annotation: m[2] as string,
        default: toJson(m[3] as string),
        span,
      })),
      isAsync: isAsync !== undefined,
      description: description ?? null,
      sourceDigest: digestOf(
        text
          .slice(match.index, end === -1 ? undefined : end)
          .replace(/#.*/g, '')
          .trim(),
      ),
    })
  }
  return { steps, edges: connect(module, steps, problems), problems }
}

function connect(module: string, steps: readonly StepDeclaration[], problems: Problem[]): PipelineEdge[] {
  const makers = new Map(steps.flatMap((step) => step.outputs.map((output) => [output, step.name] as const)))
  const edges: PipelineEdge[] = []
  for (const step of steps) {
    for (const input of step.inputs) {
      const from = makers.get(input)
      if (from) edges.push({ from, to: step.name, artifact: input })
      else
        problems.push({
          kind: 'unknownInput',
          severity: 'error',
          message: `No step gives “${input}”, which ${step.name} receives.`,
          remedy: `Rename the parameter to one of ${[...makers.keys()].join(', ')}.`,
          span: { ...step.span, module },
        })
    }
  }
  return edges
}

function findBrokenLine(module: string, lines: readonly string[]): Problem[] {
  const index = lines.findIndex((line) => /^(@?step\b.*|\s*)(def|return)\b/.test(line) && !isBalanced(line))
  if (index === -1) return []
  const line = index + 1
  return [
    {
      kind: 'syntax',
      severity: 'error',
      message: `Line ${line} cannot be read as Python.`,
      remedy: 'Close the bracket, or undo the last edit.',
      span: { module, line, column: 1, endLine: line, endColumn: (lines[index] as string).length + 1 },
    },
  ]
}

function isBalanced(line: string): boolean {
  if (/^\s*return\b/.test(line)) return true
  return (line.match(/\(/g) ?? []).length === (line.match(/\)/g) ?? []).length && line.trimEnd().endsWith(':')
}

function toJson(text: string) {
  const python: Record<string, boolean | null> = { True: true, False: false, None: null }
  const trimmed = text.trim()
  return trimmed in python ? (python[trimmed] as boolean | null) : JSON.parse(trimmed)
}
