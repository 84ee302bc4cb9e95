import { childOf, namedChildren, type SyntaxNode } from './python-syntax.ts'

/** A name that a piece of code takes from around it, with the attributes read off it: `np.random.seed`. */
export type NameUse = { readonly name: string; readonly attributes: readonly string[] }

type Scope = { readonly bound: ReadonlySet<string>; readonly isClass: boolean; readonly outer: Scope | null }

/**
 * The names that code uses and does not bind itself, by Python's rules of scope: parameters and whatever a function
 * assigns are its own, comprehensions have a scope of their own, a class body's names are not seen by its methods.
 * Names that a function imports are told too: whoever asks knows the import and follows it.
 */
export function findFreeNames(node: SyntaxNode, source: string): readonly NameUse[] {
  const found = new Map<string, NameUse>()
  const report = (use: NameUse) => found.set([use.name, ...use.attributes].join('.'), use)
  visit(node, null, source, report)
  return [...found.values()]
}

/** The names that statements bind in the scope they stand in. */
export function findBoundNames(node: SyntaxNode, source: string): readonly string[] {
  const bound = new Set<string>()
  collectBindings(node, source, bound, { imports: true, deletions: false })
  return [...bound]
}

type Report = (use: NameUse) => void

type Visit = (node: SyntaxNode, scope: Scope | null, source: string, report: Report) => void

const nothing: Visit = () => {}

/** The kinds of syntax that have rules of their own; all others are just their children. */
const visits: Readonly<Record<string, Visit>> = {
  comment: nothing,
  import_statement: nothing,
  import_from_statement: nothing,
  future_import_statement: nothing,
  global_statement: nothing,
  nonlocal_statement: nothing,
  identifier: (node, scope, source, report) => use(node, [], scope, source, report),
  attribute: visitAttribute,
  keyword_argument: (node, scope, source, report) => visitPart(node, 'value', scope, source, report),
  function_definition: visitFunction,
  lambda: visitLambda,
  class_definition: visitClass,
  list_comprehension: visitComprehension,
  set_comprehension: visitComprehension,
  dictionary_comprehension: visitComprehension,
  generator_expression: visitComprehension,
  case_pattern: visitPattern,
}

function visit(node: SyntaxNode, scope: Scope | null, source: string, report: Report): void {
  const own = visits[node.type]
  if (own) own(node, scope, source, report)
  else for (const child of node.children) visit(child, scope, source, report)
}

function visitPart(node: SyntaxNode, field: string, scope: Scope | null, source: string, report: Report): void {
  const part = childOf(node, field)
  if (part) visit(part, scope, source, report)
}

function visitAttribute(node: SyntaxNode, scope: Scope | null, source: string, report: Report): void {
  const attributes: string[] = []
  let object: SyntaxNode = node
  while (object.type === 'attribute') {
    const attribute = childOf(object, 'attribute')
    if (attribute) attributes.unshift(source.slice(attribute.start, attribute.end))
    const inner = childOf(object, 'object')
    if (!inner) return
    object = inner
  }
  if (object.type === 'identifier') use(object, attributes, scope, source, report)
  else visit(object, scope, source, report)
}

function use(
  node: SyntaxNode,
  attributes: readonly string[],
  scope: Scope | null,
  source: string,
  report: Report,
): void {
  const name = source.slice(node.start, node.end)
  if (name !== '' && !isBound(name, scope)) report({ name, attributes })
}

/** A class body's names are seen in the body itself but not by the functions inside it. */
function isBound(name: string, scope: Scope | null): boolean {
  for (let at = scope, isOwn = true; at; at = at.outer, isOwn = false)
    if (at.bound.has(name) && (isOwn || !at.isClass)) return true
  return false
}

function visitFunction(node: SyntaxNode, scope: Scope | null, source: string, report: Report): void {
  const parameters = childOf(node, 'parameters')
  const body = childOf(node, 'body')
  const typeNames = new Set<string>()
  const typeParameters = childOf(node, 'type_parameters')
  if (typeParameters) collectTypeParameters(typeParameters, source, typeNames)
  const around: Scope | null = typeNames.size > 0 ? { bound: typeNames, isClass: false, outer: scope } : scope
  if (parameters) visitParameterSurroundings(parameters, around, source, report)
  visitPart(node, 'return_type', around, source, report)
  const bound = new Set<string>()
  if (parameters) for (const parameter of readParameters(parameters, source)) bound.add(parameter.name)
  if (body) {
    collectBindings(body, source, bound, { imports: false, deletions: true })
    for (const name of declaredOuter(body, source)) bound.delete(name)
    visit(body, { bound, isClass: false, outer: around }, source, report)
  }
}

function visitLambda(node: SyntaxNode, scope: Scope | null, source: string, report: Report): void {
  const parameters = childOf(node, 'parameters')
  if (parameters) visitParameterSurroundings(parameters, scope, source, report)
  const bound = new Set(parameters ? readParameters(parameters, source).map((parameter) => parameter.name) : [])
  visitPart(node, 'body', { bound, isClass: false, outer: scope }, source, report)
}

/** Defaults and annotations belong to the scope around the function. */
function visitParameterSurroundings(node: SyntaxNode, scope: Scope | null, source: string, report: Report): void {
  for (const parameter of node.children) {
    for (const part of parameter.children)
      if (part.field === 'value' || part.field === 'type') visit(part, scope, source, report)
  }
}

function visitClass(node: SyntaxNode, scope: Scope | null, source: string, report: Report): void {
  visitPart(node, 'superclasses', scope, source, report)
  const body = childOf(node, 'body')
  if (!body) return
  const bound = new Set<string>()
  collectBindings(body, source, bound, { imports: false, deletions: true })
  visit(body, { bound, isClass: true, outer: scope }, source, report)
}

function visitComprehension(node: SyntaxNode, scope: Scope | null, source: string, report: Report): void {
  const bound = new Set<string>()
  for (const clause of node.children) {
    const left = clause.type === 'for_in_clause' ? childOf(clause, 'left') : undefined
    if (left) collectTargets(left, source, bound)
  }
  // The first iterable is evaluated outside; treating the others so too only ever adds a name.
  const inner: Scope = { bound, isClass: false, outer: scope }
  let isFirst = true
  for (const child of node.children) {
    if (child.type !== 'for_in_clause') {
      visit(child, inner, source, report)
      continue
    }
    for (const right of child.children)
      if (right.field === 'right') visit(right, isFirst ? scope : inner, source, report)
    isFirst = false
  }
}

/** In a pattern a bare name captures; dotted names, classes and values are uses. */
function visitPattern(node: SyntaxNode, scope: Scope | null, source: string, report: Report): void {
  for (const child of namedChildren(node)) {
    if (child.type === 'dotted_name') {
      const names = namedChildren(child)
      const isCapture = names.length === 1 && node.type !== 'class_pattern'
      const first = names[0]
      if (!isCapture && first) {
        const attributes = names.slice(1).map((name) => source.slice(name.start, name.end))
        use(first, attributes, scope, source, report)
      }
    } else if (child.type !== 'identifier') visitPattern(child, scope, source, report)
  }
}

export type Parameter = {
  readonly name: string
  readonly kind: 'positional' | 'keyword' | 'rest' | 'keywordRest'
  readonly node: SyntaxNode
  readonly annotation: SyntaxNode | null
  readonly value: SyntaxNode | null
}

/** A function's parameters in order. */
export function readParameters(node: SyntaxNode, source: string): readonly Parameter[] {
  const parameters: Parameter[] = []
  let isKeywordOnly = false
  for (const child of namedChildren(node)) {
    if (child.type === 'keyword_separator') isKeywordOnly = true
    const pattern = ['typed_parameter'].includes(child.type) ? namedChildren(child)[0] : child
    const isRest = pattern?.type === 'list_splat_pattern'
    const isKeywordRest = pattern?.type === 'dictionary_splat_pattern'
    const nameNode =
      childOf(child, 'name') ?? (isRest || isKeywordRest ? namedChildren(pattern as SyntaxNode)[0] : pattern)
    if (nameNode?.type !== 'identifier') continue
    parameters.push({
      name: source.slice(nameNode.start, nameNode.end),
      kind: isRest ? 'rest' : isKeywordRest ? 'keywordRest' : isKeywordOnly ? 'keyword' : 'positional',
      node: child,
      annotation: childOf(child, 'type') ?? null,
      value: childOf(child, 'value') ?? null,
    })
    if (isRest) isKeywordOnly = true
  }
  return parameters
}

type Take = { readonly imports: boolean; readonly deletions: boolean }

/** Adds what the statements under a node bind, without going into scopes of their own. */
function collectBindings(node: SyntaxNode, source: string, bound: Set<string>, take: Take): void {
  const text = (part: SyntaxNode) => source.slice(part.start, part.end)
  switch (node.type) {
    case 'function_definition':
    case 'class_definition': {
      const name = childOf(node, 'name')
      if (name) bound.add(text(name))
      return
    }
    case 'lambda':
      return
    case 'assignment':
    case 'augmented_assignment':
    case 'for_statement':
    case 'type_alias_statement': {
      const left = childOf(node, 'left')
      if (left) collectTargets(left, source, bound)
      break
    }
    case 'for_in_clause':
      break
    case 'named_expression': {
      const name = childOf(node, 'name')
      if (name) bound.add(text(name))
      break
    }
    case 'as_pattern_target':
      collectTargets(node, source, bound)
      break
    case 'delete_statement':
      if (take.deletions) for (const child of namedChildren(node)) collectTargets(child, source, bound)
      break
    case 'import_statement':
    case 'import_from_statement':
    case 'future_import_statement':
      if (take.imports) for (const name of importedNames(node, source)) bound.add(name)
      return
    case 'case_pattern':
      collectCaptures(node, source, bound)
      return
  }
  for (const child of node.children) collectBindings(child, source, bound, take)
}

/** Names bound by a target: plain names in any nesting of tuples and lists; not `a.b` and not `a[0]`. */
function collectTargets(node: SyntaxNode, source: string, bound: Set<string>): void {
  if (node.type === 'identifier') bound.add(source.slice(node.start, node.end))
  else if (node.type !== 'attribute' && node.type !== 'subscript')
    for (const child of node.children) collectTargets(child, source, bound)
}

function collectCaptures(node: SyntaxNode, source: string, bound: Set<string>): void {
  for (const child of namedChildren(node)) {
    if (child.type === 'identifier') bound.add(source.slice(child.start, child.end))
    else if (child.type === 'dotted_name') {
      const names = namedChildren(child)
      if (names.length === 1 && node.type !== 'class_pattern') bound.add(source.slice(child.start, child.end))
    } else collectCaptures(child, source, bound)
  }
}

function collectTypeParameters(node: SyntaxNode, source: string, bound: Set<string>): void {
  if (node.type === 'identifier') bound.add(source.slice(node.start, node.end))
  for (const child of node.children) collectTypeParameters(child, source, bound)
}

/** Names that `global` and `nonlocal` declare to be another scope's. */
function declaredOuter(body: SyntaxNode, source: string): readonly string[] {
  if (body.type === 'global_statement' || body.type === 'nonlocal_statement')
    return namedChildren(body).map((name) => source.slice(name.start, name.end))
  if (body.type === 'function_definition' || body.type === 'class_definition') return []
  return body.children.flatMap((child) => declaredOuter(child, source))
}

function importedNames(node: SyntaxNode, source: string): readonly string[] {
  return node.children
    .filter((child) => child.field === 'name')
    .map((child) => childOf(child, 'alias') ?? (node.type === 'import_statement' ? namedChildren(child)[0] : child))
    .filter((name) => name !== undefined)
    .map((name) => source.slice(name.start, name.end))
}
