import { namedChildren, type SyntaxNode } from './python-syntax.ts'

/**
 * Python source in one normal spelling: no comments, no docstrings, one statement a line, one way of spacing and
 * quoting. Two texts that differ only in these normalise to the same text; any other difference survives.
 */
export function toNormalText(node: SyntaxNode, source: string): string {
  const writer = createWriter()
  writeStatement(node, source, writer)
  return writer.text()
}

type Writer = { token(text: string): void; line(): void; indent(by: number): void; text(): string }

function createWriter(): Writer {
  const lines: string[] = []
  let depth = 0
  let line = ''
  let last = ''
  const flush = () => {
    if (line !== '') lines.push('    '.repeat(depth) + line)
    line = ''
    last = ''
  }
  return {
    token: (text) => {
      line += line !== '' && wantsSpace(last, text) ? ` ${text}` : text
      last = text
    },
    line: flush,
    indent: (by) => {
      flush()
      depth += by
    },
    text: () => {
      flush()
      return lines.join('\n')
    },
  }
}

const noSpaceAfter = new Set(['(', '[', '{', '.', '@', '~'])
const noSpaceBefore = new Set([')', ']', '}', ',', ':', '.', ';'])
const opens = new Set(['(', '['])

function wantsSpace(last: string, next: string): boolean {
  if (noSpaceBefore.has(next) || noSpaceAfter.has(last)) return false
  return !(opens.has(next) && /[\w)\]}"']$/.test(last) && !keywords.has(last))
}

const keywords = new Set(
  'and as assert async await case class def del elif else except for from global if import in is lambda match nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
)

/** Parts of a compound statement that begin a line of their own at the statement's depth. */
const clauses = new Set([
  'elif_clause',
  'else_clause',
  'except_clause',
  'except_group_clause',
  'finally_clause',
  'case_clause',
])

function writeStatement(node: SyntaxNode, source: string, writer: Writer): void {
  if (node.type === 'comment' || node.type === 'line_continuation') return
  if (node.type === 'block') {
    writeBlock(node, source, writer)
    return
  }
  if (clauses.has(node.type) || node.type === 'decorator') writer.line()
  if (isLeaf(node)) {
    writeLeaf(node, source, writer)
    return
  }
  const children = visibleChildren(node)
  for (const child of children) writeStatement(child, source, writer)
  if (node.type === 'decorator') writer.line()
}

function writeBlock(block: SyntaxNode, source: string, writer: Writer): void {
  writer.indent(1)
  const kept = namedChildren(block).filter((statement) => !isDocstring(statement))
  // A body of a docstring alone still does nothing, like `pass`.
  if (kept.length === 0) writer.token('pass')
  for (const statement of kept) {
    writer.line()
    writeStatement(statement, source, writer)
  }
  writer.indent(-1)
}

/** True for a bare string: a docstring, or one that describes an attribute. It does nothing. */
export function isDocstring(statement: SyntaxNode | undefined): boolean {
  if (statement?.type !== 'expression_statement') return false
  const parts = namedChildren(statement)
  const only = parts[0]
  const isString = only?.type === 'string' || only?.type === 'concatenated_string'
  return parts.length === 1 && isString && !hasInterpolation(only)
}

function hasInterpolation(node: SyntaxNode): boolean {
  return node.type === 'interpolation' || node.children.some(hasInterpolation)
}

/** Strings keep their inside as written: white space counts there. */
function isLeaf(node: SyntaxNode): boolean {
  return node.type === 'string' || node.children.length === 0
}

function writeLeaf(node: SyntaxNode, source: string, writer: Writer): void {
  const text = source.slice(node.start, node.end)
  if (text === '' || text === ';') return
  writer.token(node.type === 'string' ? toNormalString(text) : text)
}

/** One quote for plain strings, as formatters choose it. */
function toNormalString(text: string): string {
  const match = /^'([^'"\\\n]*)'$/.exec(text)
  return match ? `"${match[1]}"` : text
}

const trailingCommaIsNothing = new Set([
  'argument_list',
  'parameters',
  'list',
  'dictionary',
  'set',
  'list_pattern',
  'dict_pattern',
])

/** Places where a pair of parentheses round the whole changes nothing. */
const parenthesesAreNothing = new Set(['assignment', 'augmented_assignment', 'return_statement', 'keyword_argument'])

function visibleChildren(node: SyntaxNode): readonly SyntaxNode[] {
  const children = node.children.filter((child) => child.type !== 'comment' && child.type !== 'line_continuation')
  return withoutTrailingComma(node, children).flatMap((child) => {
    const unwraps = parenthesesAreNothing.has(node.type) && child.type === 'parenthesized_expression'
    const inner = unwraps ? namedChildren(child)[0] : undefined
    return inner && inner.type !== 'named_expression' && inner.type !== 'yield' ? [inner] : [child]
  })
}

function withoutTrailingComma(node: SyntaxNode, children: readonly SyntaxNode[]): readonly SyntaxNode[] {
  const isTuple = node.type === 'tuple' || node.type === 'tuple_pattern'
  if (!trailingCommaIsNothing.has(node.type) && !(isTuple && namedChildren(node).length > 1)) return children
  return children.at(-2)?.type === ',' ? [...children.slice(0, -2), ...children.slice(-1)] : children
}
