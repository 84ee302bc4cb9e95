import type { ModuleFacts, PlacedStatement } from './module-facts.ts'
import { importsOf, type ProjectModules } from './project-modules.ts'
import { childOf, namedChildren, type SyntaxNode } from './python-syntax.ts'

/** A decorator that makes a function a step. */
export type StepMark = {
  /** The name as used, without the call. */
  readonly node: SyntaxNode
  readonly arguments: readonly SyntaxNode[]
  /** False when nothing in the module brings the name in: it would fail when run. */
  readonly isImported: boolean
}

const deepestAlias = 10

/** Slipway's `step` under whatever name the module gave it; null for every other decorator. */
export function findStepMark(
  modules: ProjectModules,
  module: ModuleFacts,
  decorator: SyntaxNode,
  source: string,
): StepMark | null {
  const expression = namedChildren(decorator)[0]
  if (!expression) return null
  const called = expression.type === 'call' ? childOf(expression, 'function') : expression
  const list = expression.type === 'call' ? childOf(expression, 'arguments') : undefined
  const names = called ? dottedNames(called, source) : null
  if (!called || !names) return null
  const found = meansStep(modules, module, names, 0)
  if (found === 'no') return null
  return { node: called, arguments: list ? namedChildren(list) : [], isImported: found === 'yes' }
}

function meansStep(
  modules: ProjectModules,
  module: ModuleFacts,
  names: readonly string[],
  depth: number,
): 'yes' | 'no' | 'unimported' {
  const [first, ...attributes] = names as [string, ...string[]]
  const bound = module.bindings.get(first)
  if (!bound) {
    if (
      attributes.length === 0 &&
      module.starImports.some((imported) => starGives(modules, module, imported.module, first, depth))
    )
      return 'yes'
    return ['step', 'slipway.step'].includes(names.join('.')) ? 'unimported' : 'no'
  }
  if (depth > deepestAlias) return 'no'
  for (const imported of importsOf(module, first)) {
    const meaning = modules.follow(module.path, imported, attributes)
    if (meaning?.kind === 'name')
      return meansStep(modules, meaning.module, [meaning.name, ...meaning.attributes], depth + 1)
    const full = [...(imported.name === null && !imported.isAliased ? [imported.local] : imported.module.split('.'))]
    if (imported.name !== null) full.push(imported.name)
    if (imported.level === 0 && [...full, ...attributes].join('.') === 'slipway.step') return 'yes'
  }
  const aliased = bound
    .map((index) => assignedName(module.statements[index] as PlacedStatement, first))
    .find((alias) => alias !== null)
  return aliased ? meansStep(modules, module, [...aliased, ...attributes], depth + 1) : 'no'
}

function starGives(modules: ProjectModules, module: ModuleFacts, from: string, name: string, depth: number): boolean {
  if (from === 'slipway') return name === 'step'
  const meaning = modules.follow(
    module.path,
    { local: name, module: from, level: 0, name, isAliased: false, text: '' },
    [],
  )
  return (
    meaning?.kind === 'name' &&
    meaning.module.bindings.has(name) &&
    depth <= deepestAlias &&
    meansStep(modules, meaning.module, [name], depth + 1) === 'yes'
  )
}

/** `mark = slipway.step` → slipway.step */
function assignedName({ statement }: PlacedStatement, name: string): readonly string[] | null {
  const assignment = statement.node.type === 'expression_statement' ? namedChildren(statement.node)[0] : undefined
  if (assignment?.type !== 'assignment') return null
  const left = childOf(assignment, 'left')
  const right = childOf(assignment, 'right')
  if (!left || !right || statement.text.slice(left.start, left.end) !== name) return null
  const names = dottedNames(right, statement.text)
  return names && names.join('.') !== name ? names : null
}

/** `a.b.c` as its names; null for anything else. */
export function dottedNames(node: SyntaxNode, source: string): readonly string[] | null {
  if (node.type !== 'identifier' && node.type !== 'attribute') return null
  const names = source.slice(node.start, node.end).replace(/\s/g, '').split('.')
  return names.every((name) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) ? names : null
}
