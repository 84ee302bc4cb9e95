import { findImports, type ImportedName } from './python-imports.ts'
import { findBoundNames, findFreeNames, type NameUse } from './python-names.ts'
import { childOf, namedChildren, type PythonSyntax, type SyntaxNode } from './python-syntax.ts'
import { isDocstring, toNormalText } from './python-text.ts'

/**
 * A top-level statement, as far as its own text tells:
 * `definition` function or class · `assignment` binds names and does nothing else · `import` ·
 * `mutation` changes the object under a name of this module · `effect` anything else that runs on import.
 */
export type Statement = {
  readonly kind: 'definition' | 'assignment' | 'import' | 'mutation' | 'effect'
  readonly text: string
  readonly node: SyntaxNode
  readonly normalText: string
  readonly binds: readonly string[]
  readonly uses: readonly NameUse[]
  readonly imports: readonly ImportedName[]
  /** Names of this module whose objects it changes. */
  readonly mutates: readonly string[]
  /** True when it may reach any name of its module: eval, globals() … */
  readonly isDynamic: boolean
  /** True when comments and docstrings may matter to it: it asks for the text of code. */
  readonly asksForText: boolean
  /** True when it may come upon any class that is there: `__subclasses__()`. */
  readonly asksForClasses: boolean
}

export type PlacedStatement = { readonly statement: Statement; readonly start: number }

/** One project module, read but not run. */
export type ModuleFacts = {
  readonly path: string
  readonly text: string
  readonly statements: readonly PlacedStatement[]
  /** Name → indexes of the statements that bind it. */
  readonly bindings: ReadonlyMap<string, readonly number[]>
  readonly starImports: readonly ImportedName[]
  /** Indexes of the statements that importing the module makes felt elsewhere: imports and effects. */
  readonly onImport: readonly number[]
  /** Indexes of the statements that change an object under some name. */
  readonly mutations: readonly number[]
  /** Indexes of the statements that hold decorated definitions or classes. */
  readonly decorations: readonly number[]
  /** Parts that are not Python, as offsets into the text. */
  readonly errors: readonly { readonly start: number; readonly end: number; readonly missing: string | null }[]
}

/** Reads modules, remembering each statement by its text: while someone types, only one changes. */
export type ModuleReader = { read(path: string, text: string): ModuleFacts }

const rememberedStatements = 20_000

export function createModuleReader(syntax: PythonSyntax): ModuleReader {
  const statements = new Map<string, Statement | null>()
  const modules = new Map<string, ModuleFacts>()

  const read = (path: string, text: string): ModuleFacts => {
    const tree = syntax.parse(text)
    const placed: PlacedStatement[] = []
    const errors: { start: number; end: number; missing: string | null }[] = []
    for (const part of tree.statements) {
      if (part.type === 'comment') continue
      const source = text.slice(part.start, part.end)
      if (part.hasError || part.type === 'ERROR') {
        const node = part.node()
        errors.push(...findErrors(node, part.start))
        if (part.type === 'ERROR') continue
        const statement = describeStatement(node, source)
        if (statement) placed.push({ statement, start: part.start })
        continue
      }
      let statement = statements.get(source)
      if (statement === undefined) {
        if (statements.size > rememberedStatements) statements.clear()
        statement = describeStatement(part.node(), source)
        statements.set(source, statement)
      }
      if (statement) {
        placed.push({ statement, start: part.start })
        for (const old of findOldStatements(statement.node, part.start)) errors.push(old)
      }
    }
    tree.close()
    return {
      path,
      text,
      statements: placed,
      bindings: indexBindings(placed),
      starImports: placed.flatMap(({ statement }) => statement.imports.filter((imported) => imported.local === '*')),
      onImport: indexesOf(
        placed,
        ({ kind, imports }) => kind !== 'definition' && (kind === 'effect' || imports.length > 0),
      ),
      mutations: indexesOf(placed, ({ mutates }) => mutates.length > 0),
      decorations: indexesOf(placed, ({ text }) => /(^|\n)\s*(@|class\s)/.test(text)),
      errors,
    }
  }

  return {
    read: (path, text) => {
      const known = modules.get(path)
      if (known?.text === text) return known
      const facts = read(path, text)
      modules.set(path, facts)
      return facts
    },
  }
}

function indexBindings(placed: readonly PlacedStatement[]): ReadonlyMap<string, readonly number[]> {
  const bindings = new Map<string, number[]>()
  placed.forEach(({ statement }, index) => {
    for (const name of statement.binds) bindings.set(name, [...(bindings.get(name) ?? []), index])
  })
  return bindings
}

function indexesOf(placed: readonly PlacedStatement[], holds: (statement: Statement) => boolean): readonly number[] {
  return placed.flatMap(({ statement }, index) => (holds(statement) ? [index] : []))
}

/** Null for what does nothing: docstrings, constants, `pass`, the part under `if __name__ == "__main__"`. */
function describeStatement(node: SyntaxNode, source: string): Statement | null {
  if (node.type === 'pass_statement' || isDocstring(node) || isMainGuard(node, source)) return null
  if (node.type === 'expression_statement' && namedChildren(node).every((part) => isConstant(part.type))) return null
  const binds = findBoundNames(node, source)
  const uses = findFreeNames(node, source)
  const mutates = findMutated(node, source)
  return {
    kind: classify(node, source, binds, mutates),
    text: source,
    node,
    normalText: toNormalText(node, source),
    binds,
    uses,
    imports: findImports(node, source),
    mutates,
    isDynamic: uses.some(isDynamicUse),
    asksForText: /\b(__doc__|getdoc|getcomments|getsource\w*|doctest)\b/.test(source),
    asksForClasses: /\b__subclasses__\b/.test(source),
  }
}

function classify(
  node: SyntaxNode,
  source: string,
  binds: readonly string[],
  mutates: readonly string[],
): Statement['kind'] {
  switch (node.type) {
    case 'function_definition':
    case 'class_definition':
    case 'decorated_definition':
      return 'definition'
    case 'import_statement':
    case 'import_from_statement':
      return 'import'
  }
  if (isPureBinding(node, source) && binds.some((name) => name !== '_')) return 'assignment'
  return mutates.length > 0 && node.type === 'expression_statement' ? 'mutation' : 'effect'
}

const pureStatements = new Set([
  'assignment',
  'augmented_assignment',
  'import_statement',
  'import_from_statement',
  'function_definition',
  'class_definition',
  'decorated_definition',
  'type_alias_statement',
  'pass_statement',
  'raise_statement',
])

/** True when all that a statement does, in whichever branch, is bind names. */
function isPureBinding(node: SyntaxNode, source: string): boolean {
  if (node.type === 'assignment' || node.type === 'augmented_assignment') {
    const left = childOf(node, 'left')
    return left !== undefined && bindsOnlyNames(left)
  }
  if (pureStatements.has(node.type)) return true
  if (node.type === 'expression_statement')
    return isDocstring(node) || namedChildren(node).every((child) => isPureBinding(child, source))
  if (node.type !== 'if_statement' && node.type !== 'try_statement') return false
  return blocksOf(node).every((block) => namedChildren(block).every((child) => isPureBinding(child, source)))
}

function blocksOf(node: SyntaxNode): readonly SyntaxNode[] {
  return node.children.flatMap((child) =>
    child.type === 'block' ? [child] : child.type.endsWith('_clause') ? blocksOf(child) : [],
  )
}

function bindsOnlyNames(target: SyntaxNode): boolean {
  if (target.type === 'attribute' || target.type === 'subscript') return false
  return target.children.every(bindsOnlyNames)
}

function isConstant(type: string): boolean {
  return ['string', 'integer', 'float', 'true', 'false', 'none', 'ellipsis', 'concatenated_string'].includes(type)
}

/** `if __name__ == "__main__"` runs when the file is a program, never when a step imports it. */
function isMainGuard(node: SyntaxNode, source: string): boolean {
  const condition = node.type === 'if_statement' ? childOf(node, 'condition') : undefined
  return (
    condition !== undefined &&
    /^\(?\s*(__name__\s*==\s*['"]__main__['"]|['"]__main__['"]\s*==\s*__name__)\s*\)?$/.test(
      source.slice(condition.start, condition.end),
    )
  )
}

const mutators = new Set(
  'append extend insert add update setdefault remove discard pop popitem clear sort reverse'.split(' '),
)

/** The names whose objects a statement changes: `A["x"] = 1`, `A.b = 1`, `A.append(1)`. */
function findMutated(node: SyntaxNode, source: string): readonly string[] {
  if (node.type !== 'expression_statement') return []
  return namedChildren(node).flatMap((part) => {
    if (part.type === 'assignment' || part.type === 'augmented_assignment') {
      const left = childOf(part, 'left')
      return left && (left.type === 'attribute' || left.type === 'subscript') ? rootName(left, source) : []
    }
    const called = part.type === 'call' ? childOf(part, 'function') : undefined
    const method = called?.type === 'attribute' ? childOf(called, 'attribute') : undefined
    return method && mutators.has(source.slice(method.start, method.end)) ? rootName(called as SyntaxNode, source) : []
  })
}

function rootName(node: SyntaxNode, source: string): readonly string[] {
  let at: SyntaxNode | undefined = node
  while (at && (at.type === 'attribute' || at.type === 'subscript')) at = childOf(at, 'object') ?? childOf(at, 'value')
  return at?.type === 'identifier' ? [source.slice(at.start, at.end)] : []
}

function isDynamicUse(use: NameUse): boolean {
  if (['globals', 'eval', 'exec', '__import__', 'importlib'].includes(use.name)) return true
  return use.name === 'import_module' || (use.name === 'sys' && use.attributes[0] === 'modules')
}

function findErrors(
  node: SyntaxNode,
  origin: number,
): readonly { start: number; end: number; missing: string | null }[] {
  if (node.isMissing) return [{ start: origin + node.start, end: origin + node.end, missing: node.type }]
  if (node.type === 'ERROR') return [{ start: origin + node.start, end: origin + node.end, missing: null }]
  return node.hasError ? node.children.flatMap((child) => findErrors(child, origin)) : []
}

/** Statements of Python 2, which the grammar still takes. */
function findOldStatements(node: SyntaxNode, origin: number): readonly { start: number; end: number; missing: null }[] {
  if (node.type === 'print_statement' || node.type === 'exec_statement')
    return [{ start: origin + node.start, end: origin + node.end, missing: null }]
  return node.children.flatMap((child) => findOldStatements(child, origin))
}
