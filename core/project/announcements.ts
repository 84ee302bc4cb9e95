import type { ModuleFacts, PlacedStatement } from './module-facts.ts'
import { onlyWraps } from './only-wraps.ts'
import { importsOf, type ProjectModules } from './project-modules.ts'
import { childOf, namedChildren, type SyntaxNode } from './python-syntax.ts'
import { dottedNames, findStepMark } from './step-mark.ts'

/** An object of the project that keeps what is announced, which counts as a part of it; or anyone may come upon it. */
type Keeper = { readonly modulePath: string; readonly name: string } | 'anyone'

/**
 * A statement whose definition makes itself known elsewhere when its module is imported, so that a step may come upon
 * it without naming it: by a decorator that keeps it, or as a subclass that its base is told of.
 */
export type Announced = { readonly index: number; readonly to: Keeper }

const deepest = 10

/** Packages whose decorators only wrap or describe what they are given. */
const wrappingPackages = new Set(
  'abc attr attrs beartype cachetools contextlib dataclasses enum functools jax joblib numba numpy overrides pydantic slipway tenacity torch typing typing_extensions warnings'.split(
    ' ',
  ),
)
/** … unless the decorator's name says that it keeps them. */
const keeping = /register|library|custom/
const wrappingBuiltins = new Set(['property', 'staticmethod', 'classmethod'])

const known = new WeakMap<ProjectModules, Map<ModuleFacts, readonly Announced[]>>()

/** The statements of a module that make something known elsewhere; most modules have none. */
export function announcedBy(modules: ProjectModules, module: ModuleFacts): readonly Announced[] {
  const answers = known.get(modules) ?? new Map<ModuleFacts, readonly Announced[]>()
  known.set(modules, answers)
  const answer =
    answers.get(module) ??
    module.decorations
      .map((index) => ({ index, to: readAnnouncement(modules, module, module.statements[index] as PlacedStatement) }))
      .filter((announced): announced is Announced => announced.to !== null)
  answers.set(module, answer)
  return answer
}

function readAnnouncement(modules: ProjectModules, module: ModuleFacts, placed: PlacedStatement): Keeper | null {
  const { node, text } = placed.statement
  for (const definition of definitionsOf(node)) {
    for (const decorator of definition.children.filter((child) => child.type === 'decorator')) {
      if (findStepMark(modules, module, decorator, text)) continue
      const expression = namedChildren(decorator)[0]
      const isCalled = expression?.type === 'call'
      const named = isCalled ? childOf(expression, 'function') : expression
      const names = named ? dottedNames(named, text) : null
      const answer = names ? byDecorator(modules, module, names, isCalled, 0) : 'anyone'
      if (answer !== null) return answer
    }
    const inner = definition.type === 'decorated_definition' ? childOf(definition, 'definition') : definition
    if (inner?.type === 'class_definition' && isToldToBase(modules, module, inner, text, 0)) return 'anyone'
  }
  return null
}

/** Definitions under `if` and `try` at the top of a module are made when it is imported, too. */
function definitionsOf(node: SyntaxNode): readonly SyntaxNode[] {
  if (['decorated_definition', 'class_definition'].includes(node.type)) return [node]
  const opens = ['if_statement', 'try_statement', 'block'].includes(node.type) || node.type.endsWith('_clause')
  return opens ? node.children.flatMap(definitionsOf) : []
}

function byDecorator(
  modules: ProjectModules,
  module: ModuleFacts,
  names: readonly string[],
  isCalled: boolean,
  depth: number,
): Keeper | null {
  const [first, ...attributes] = names as [string, ...string[]]
  const bound = module.bindings.get(first)
  if (!bound) return attributes.length === 0 && wrappingBuiltins.has(first) ? null : 'anyone'
  if (depth > deepest) return 'anyone'
  for (const imported of importsOf(module, first)) {
    const meaning = modules.follow(module.path, imported, attributes)
    if (meaning?.kind === 'name')
      return byDecorator(modules, meaning.module, [meaning.name, ...meaning.attributes], isCalled, depth + 1)
    if (meaning === null && imported.level === 0) {
      const dotted = imported.name === null && !imported.isAliased ? imported.local : imported.module
      const full = [...dotted.split('.'), imported.name ?? '', ...attributes]
      return wrappingPackages.has(full[0] as string) && !full.some((name) => keeping.test(name)) ? null : 'anyone'
    }
  }
  if (attributes.length > 0) return { modulePath: module.path, name: first }
  const wraps = bound.every((index) => {
    const { node, text } = (module.statements[index] as PlacedStatement).statement
    const definition = node.type === 'decorated_definition' ? childOf(node, 'definition') : node
    return definition?.type === 'function_definition' && onlyWraps(definition, text, isCalled)
  })
  return wraps ? null : 'anyone'
}

/** A base, or one of its own, that acts on each new subclass: `__init_subclass__`, a metaclass. */
function isToldToBase(
  modules: ProjectModules,
  module: ModuleFacts,
  definition: SyntaxNode,
  source: string,
  depth: number,
): boolean {
  const list = childOf(definition, 'superclasses')
  if (!list || depth > deepest) return depth > deepest
  return namedChildren(list).some((base) => {
    if (base.type === 'keyword_argument') return isMetaclass(base, source)
    const names = dottedNames(base, source)
    const found = names && findDefinition(modules, module, names, 0)
    if (!found) return false
    const body = found.source.slice(found.node.start, found.node.end)
    return (
      /def\s+__init_subclass__\b/.test(body) || isToldToBase(modules, found.module, found.node, found.source, depth + 1)
    )
  })
}

/** Those of the standard library keep no list of their classes. */
function isMetaclass(argument: SyntaxNode, source: string): boolean {
  const text = source.slice(argument.start, argument.end).replace(/\s/g, '')
  return text.startsWith('metaclass=') && !/^metaclass=(abc\.)?(ABCMeta|type|EnumMeta|EnumType)$/.test(text)
}

type Found = { readonly module: ModuleFacts; readonly node: SyntaxNode; readonly source: string }

/** The class of the project behind a name; null when it is none. */
function findDefinition(
  modules: ProjectModules,
  module: ModuleFacts,
  names: readonly string[],
  depth: number,
): Found | null {
  const [first, ...attributes] = names as [string, ...string[]]
  if (depth > deepest) return null
  for (const imported of importsOf(module, first)) {
    const meaning = modules.follow(module.path, imported, attributes)
    if (meaning?.kind === 'name')
      return findDefinition(modules, meaning.module, [meaning.name, ...meaning.attributes], depth + 1)
  }
  for (const index of module.bindings.get(first) ?? []) {
    const { node, text } = (module.statements[index] as PlacedStatement).statement
    const definition = node.type === 'decorated_definition' ? childOf(node, 'definition') : node
    if (definition?.type === 'class_definition') return { module, node: definition, source: text }
  }
  return null
}
