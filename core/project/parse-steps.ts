import type { JsonValue } from '../domain/json.ts'
import type { ParamDeclaration, Problem, ProblemKind, SourceSpan, StepDeclaration } from '../domain/pipeline.ts'
import type { ModuleFacts, PlacedStatement } from './module-facts.ts'
import { importsOf, type ProjectModules } from './project-modules.ts'
import { type Expression, evaluateLiteral, NotJson } from './python-literal.ts'
import { type Parameter, readParameters } from './python-names.ts'
import { childOf, namedChildren, type SyntaxNode } from './python-syntax.ts'
import { createSpans } from './source-spans.ts'
import { findStepMark, type StepMark } from './step-mark.ts'

/** A step without the digest of its source, which needs all modules. `nameSpan` is where problems are shown. */
export type ParsedStep = Omit<StepDeclaration, 'sourceDigest'> & { readonly nameSpan: SourceSpan }
export type ParsedModule = { readonly steps: readonly ParsedStep[]; readonly problems: readonly Problem[] }

/** The steps that a module declares, and everything in them that cannot be. Whatever is sound is still given. */
export function parseSteps(modules: ProjectModules, module: ModuleFacts): ParsedModule {
  const problems: Problem[] = []
  const spans = createSpans(module.path, module.text)
  const steps = module.statements.flatMap((placed) => {
    const context: Context = {
      modules,
      module,
      source: placed.statement.text,
      spanOf: (node) => spans(placed.start + node.start, placed.start + node.end),
      report: (kind, node, message, remedy) =>
        problems.push({
          kind,
          severity: 'error',
          message,
          remedy,
          span: spans(placed.start + node.start, placed.start + node.end),
        }),
    }
    return findDecorated(placed).flatMap((found) => parseStep(context, found) ?? [])
  })
  for (const error of module.errors) problems.push(toSyntaxProblem(module, error, spans))
  return { steps, problems }
}

type Context = {
  readonly modules: ProjectModules
  readonly module: ModuleFacts
  readonly source: string
  readonly spanOf: (node: SyntaxNode) => SourceSpan
  readonly report: (kind: ProblemKind, node: SyntaxNode, message: string, remedy: string) => void
}
type Decorated = { readonly node: SyntaxNode; readonly isTop: boolean }

/** Decorated functions and classes; `isTop` when they stand at the top level, `if` and `try` included. */
function findDecorated({ statement }: PlacedStatement): readonly Decorated[] {
  const search = (node: SyntaxNode, isTop: boolean): readonly Decorated[] => {
    const isBody = node.type === 'function_definition' || node.type === 'class_definition'
    const own = node.type === 'decorated_definition' ? [{ node, isTop }] : []
    return [...own, ...node.children.flatMap((child) => search(child, isTop && !isBody))]
  }
  return statement.text.includes('@') ? search(statement.node, true) : []
}

function parseStep(context: Context, { node, isTop }: Decorated): ParsedStep | null {
  const mark = node.children
    .filter((child) => child.type === 'decorator')
    .map((decorator) => findStepMark(context.modules, context.module, decorator, context.source))
    .find((found) => found !== null)
  const definition = childOf(node, 'definition')
  if (!mark || !definition) return null
  const nameNode = childOf(definition, 'name') ?? definition
  if (definition.type !== 'function_definition') {
    context.report('badDecorator', nameNode, '@step stands on a class.', 'Put it on a function.')
    return null
  }
  if (!isTop) {
    context.report(
      'badDecorator',
      nameNode,
      '@step stands on a function inside another function or class.',
      'Move the function to the top level of its module.',
    )
    return null
  }
  if (!mark.isImported)
    context.report(
      'badDecorator',
      mark.node,
      `"${textOf(context, mark.node)}" is used and never imported.`,
      'Add "from slipway import step" at the top of the module.',
    )
  const name = textOf(context, nameNode)
  const declared = readOutputs(context, mark)
  const { inputs, params } = readSignature(context, definition)
  return {
    name,
    module: context.module.path,
    span: context.spanOf(definition),
    nameSpan: context.spanOf(nameNode),
    inputs,
    outputs: declared ?? [name],
    outputsDeclared: declared !== null,
    params,
    isAsync: definition.children[0]?.type === 'async',
    description: readDocstring(definition, context.source),
  }
}

function readOutputs(context: Context, mark: StepMark): readonly string[] | null {
  let outputs: readonly string[] | null = null
  for (const argument of mark.arguments) {
    const name = childOf(argument, 'name')
    const value = childOf(argument, 'value')
    if (argument.type !== 'keyword_argument' || !name || !value || textOf(context, name) !== 'outputs') {
      context.report(
        'badDecorator',
        argument,
        `@step does not take ${textOf(context, name ?? argument)}.`,
        'It takes outputs=("a", "b") alone; memory, time and caching belong under [steps.NAME] in slipway.toml.',
      )
      continue
    }
    outputs = readNames(context, value)
  }
  return outputs
}

function readNames(context: Context, node: SyntaxNode): readonly string[] | null {
  const refuse = (message: string) => {
    context.report('badDecorator', node, message, 'Write the names as texts: outputs=("train", "test").')
    return null
  }
  let value: JsonValue
  try {
    value = evaluateLiteral(toExpression(context, node))
  } catch (error) {
    if (error instanceof NotJson) return refuse(`outputs= cannot be read: ${error.message}.`)
    throw error
  }
  const names = typeof value === 'string' ? [value] : value
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string'))
    return refuse('outputs= is not a list of names.')
  const wrong = names.find((name) => !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name))
  if (wrong !== undefined) return refuse(`"${wrong}" cannot be the name of an artifact: a step could not receive it.`)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  return twice === undefined ? names : refuse(`outputs= names "${twice}" twice.`)
}

function readSignature(context: Context, definition: SyntaxNode): { inputs: string[]; params: ParamDeclaration[] } {
  const inputs: string[] = []
  const params: ParamDeclaration[] = []
  const list = childOf(definition, 'parameters')
  for (const parameter of list ? readParameters(list, context.source) : []) {
    if (parameter.kind === 'positional') inputs.push(parameter.name)
    else if (parameter.kind === 'keyword') params.push(...(readParam(context, parameter) ?? []))
    else
      context.report(
        'badDecorator',
        parameter.node,
        `A step cannot take ${textOf(context, parameter.node)}: its inputs and params are read from their names.`,
        'Name each input, and each param after "*" with a default.',
      )
  }
  return { inputs, params }
}

function readParam(context: Context, parameter: Parameter): [ParamDeclaration] | null {
  if (!parameter.value) {
    context.report(
      'paramNotJson',
      parameter.node,
      `The param "${parameter.name}" has no default.`,
      `Give it one: ${parameter.name}=0.`,
    )
    return null
  }
  try {
    return [
      {
        name: parameter.name,
        default: evaluateLiteral(toExpression(context, parameter.value)),
        annotation: parameter.annotation ? textOf(context, parameter.annotation) : null,
        span: context.spanOf(parameter.node),
      },
    ]
  } catch (error) {
    if (!(error instanceof NotJson)) throw error
    context.report(
      'paramNotJson',
      parameter.value,
      `The default of the param "${parameter.name}" is not JSON: ${error.message}.`,
      'Use a number, text, true or false, None, list, tuple or dict of these, or a constant that is one.',
    )
    return null
  }
}

function toExpression(context: Context, node: SyntaxNode): Expression {
  return {
    node,
    source: context.source,
    resolve: (name, attributes) => findConstant(context.modules, context.module, name, attributes),
  }
}

/** What a module-level name is set to, once and plainly; imports from project modules are followed. */
function findConstant(
  modules: ProjectModules,
  module: ModuleFacts,
  name: string,
  attributes: readonly string[],
): Expression | null {
  for (const imported of importsOf(module, name)) {
    const meaning = modules.follow(module.path, imported, attributes)
    return meaning?.kind === 'name' ? findConstant(modules, meaning.module, meaning.name, meaning.attributes) : null
  }
  const indexes = module.bindings.get(name) ?? []
  if (attributes.length > 0 || indexes.length !== 1) return null
  const { statement } = module.statements[indexes[0] as number] as PlacedStatement
  const assignment = statement.node.type === 'expression_statement' ? namedChildren(statement.node)[0] : undefined
  const left = assignment?.type === 'assignment' ? childOf(assignment, 'left') : undefined
  const value = assignment ? childOf(assignment, 'right') : undefined
  if (left?.type !== 'identifier' || !value) return null
  return {
    node: value,
    source: statement.text,
    resolve: (inner, innerAttributes) => findConstant(modules, module, inner, innerAttributes),
  }
}

/** The docstring, freed of its indentation. */
function readDocstring(definition: SyntaxNode, source: string): string | null {
  const body = childOf(definition, 'body')
  const first = body ? namedChildren(body)[0] : undefined
  const text = first?.type === 'expression_statement' ? namedChildren(first)[0] : undefined
  if (text?.type !== 'string' && text?.type !== 'concatenated_string') return null
  try {
    const written = evaluateLiteral({ node: text, source, resolve: () => null })
    return typeof written === 'string' ? cleanDocstring(written) || null : null
  } catch (error) {
    if (error instanceof NotJson) return null
    throw error
  }
}

function cleanDocstring(text: string): string {
  const [first = '', ...rest] = text.replaceAll('\t', '        ').split('\n')
  const margin = Math.min(
    ...rest.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length),
  )
  return [first.trim(), ...rest.map((line) => line.slice(Number.isFinite(margin) ? margin : 0).trimEnd())]
    .join('\n')
    .trim()
}

function toSyntaxProblem(
  module: ModuleFacts,
  error: ModuleFacts['errors'][number],
  spans: (start: number, end: number) => SourceSpan,
): Problem {
  const lineEnd = module.text.indexOf('\n', error.start)
  const end = Math.max(error.start, Math.min(error.end, lineEnd === -1 ? module.text.length : lineEnd))
  const written = module.text.slice(error.start, end).trim()
  const excerpt = written.length > 60 ? `${written.slice(0, 60)}…` : written
  return {
    kind: 'syntax',
    severity: 'error',
    message: error.missing
      ? `Python cannot read this: ${describeMissing(error.missing)} is missing.`
      : `Python cannot read this${excerpt ? `: ${excerpt}` : ' part of the module'}`,
    remedy: 'Correct the line; the steps that could be read are still shown.',
    span: spans(error.start, end),
  }
}

function describeMissing(type: string): string {
  return /^\w+$/.test(type) ? `an ${type.replaceAll('_', ' ')}`.replace(/^an ([^aeiou])/, 'a $1') : `"${type}"`
}

function textOf(context: Context, node: SyntaxNode): string {
  return context.source.slice(node.start, node.end)
}
