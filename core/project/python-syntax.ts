import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { TreeCursor } from 'web-tree-sitter'

/** A node of Python's syntax as plain data; offsets count UTF-16 units from the start of its top-level statement. */
export type SyntaxNode = {
  readonly type: string
  /** The role it plays in its parent: `name`, `value`, `body` … */
  readonly field: string | null
  readonly isNamed: boolean
  readonly isMissing: boolean
  readonly hasError: boolean
  readonly start: number
  readonly end: number
  readonly children: readonly SyntaxNode[]
}

/** The whole file's top-level nodes; a statement is converted only when asked for, since most stay as they were. */
export type SyntaxTree = {
  readonly hasError: boolean
  readonly statements: readonly {
    readonly type: string
    readonly start: number
    readonly end: number
    readonly hasError: boolean
    node(): SyntaxNode
  }[]
  /** Frees the parser's memory; nodes made before stay usable. */
  close(): void
}

export type PythonSyntax = { parse(text: string): SyntaxTree }

export type PythonSyntaxFiles = { readonly engine: string; readonly grammar: string }

const cached = new Map<string, Promise<PythonSyntax>>()

/** Loads the parser once per pair of files. */
export function loadPythonSyntax(files: PythonSyntaxFiles = defaultSyntaxFiles()): Promise<PythonSyntax> {
  const key = `${files.engine}\0${files.grammar}`
  const loading = cached.get(key) ?? load(files)
  cached.set(key, loading)
  return loading
}

async function load(files: PythonSyntaxFiles): Promise<PythonSyntax> {
  const { Language, Parser } = await import('web-tree-sitter')
  await Parser.init({ locateFile: () => files.engine })
  const parser = new Parser()
  parser.setLanguage(await Language.load(files.grammar))
  return {
    parse: (text) => {
      const tree = parser.parse(text)
      if (!tree) throw new Error('the Python parser gave no tree')
      return {
        hasError: tree.rootNode.hasError,
        statements: tree.rootNode.children.map((child) => ({
          type: child.type,
          hasError: child.hasError || child.isMissing,
          start: child.startIndex,
          end: child.endIndex,
          node: () => {
            const cursor = child.walk()
            try {
              return toSyntaxNode(cursor, child.startIndex)
            } finally {
              cursor.delete()
            }
          },
        })),
        close: () => tree.delete(),
      }
    },
  }
}

function toSyntaxNode(cursor: TreeCursor, origin: number): SyntaxNode {
  const children: SyntaxNode[] = []
  const type = cursor.nodeType
  const field = cursor.currentFieldName
  const isNamed = cursor.nodeIsNamed
  const isMissing = cursor.nodeIsMissing
  const start = cursor.startIndex - origin
  const end = cursor.endIndex - origin
  if (cursor.gotoFirstChild()) {
    do children.push(toSyntaxNode(cursor, origin))
    while (cursor.gotoNextSibling())
    cursor.gotoParent()
  }
  const hasError = type === 'ERROR' || isMissing || children.some((child) => child.hasError)
  return { type, field, isNamed, isMissing, hasError, start, end, children }
}

/** Beside the bundle when there is one, else where npm put them. */
export function defaultSyntaxFiles(): PythonSyntaxFiles {
  return {
    engine: findFile('web-tree-sitter.wasm', 'web-tree-sitter/web-tree-sitter.wasm'),
    grammar: findFile('tree-sitter-python.wasm', 'tree-sitter-python/tree-sitter-python.wasm'),
  }
}

function findFile(bundledName: string, specifier: string): string {
  const bundled = fileURLToPath(new URL(bundledName, import.meta.url))
  return existsSync(bundled) ? bundled : createRequire(import.meta.url).resolve(specifier)
}

/** The child that plays a role, or undefined. */
export function childOf(node: SyntaxNode, field: string): SyntaxNode | undefined {
  return node.children.find((child) => child.field === field)
}

/** Named children without comments. */
export function namedChildren(node: SyntaxNode): readonly SyntaxNode[] {
  return node.children.filter(
    (child) => child.isNamed && child.type !== 'comment' && child.type !== 'line_continuation',
  )
}
