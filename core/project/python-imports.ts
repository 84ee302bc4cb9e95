import { childOf, namedChildren, type SyntaxNode } from './python-syntax.ts'

/** One name that an import statement brings in. */
export type ImportedName = {
  /** The name it is known by afterwards; `*` for a star import. */
  readonly local: string
  /** The module as written, without its leading dots. */
  readonly module: string
  /** How many leading dots: 0 is absolute. */
  readonly level: number
  /** What is taken from the module: a name, `*`, or null for the module itself. */
  readonly name: string | null
  /** `import a.b as c` makes c the module a.b; without `as`, a is bound. */
  readonly isAliased: boolean
  /** The import of this one name, in normal spelling. */
  readonly text: string
}

/** All imports in a piece of code, however deep. */
export function findImports(node: SyntaxNode, source: string): readonly ImportedName[] {
  if (node.type === 'import_statement') return readImport(node, source)
  if (node.type === 'import_from_statement') return readFromImport(node, source)
  return node.children.flatMap((child) => findImports(child, source))
}

function readImport(node: SyntaxNode, source: string): readonly ImportedName[] {
  return node.children
    .filter((child) => child.field === 'name')
    .map((child) => {
      const { written, alias } = readName(child, source)
      return {
        local: alias ?? (written.split('.')[0] as string),
        module: written,
        level: 0,
        name: null,
        isAliased: alias !== null,
        text: alias === null ? `import ${written}` : `import ${written} as ${alias}`,
      }
    })
}

function readFromImport(node: SyntaxNode, source: string): readonly ImportedName[] {
  const moduleNode = childOf(node, 'module_name')
  const from = moduleNode ? source.slice(moduleNode.start, moduleNode.end).replace(/\s/g, '') : ''
  const level = /^\.*/.exec(from)?.[0].length ?? 0
  const base = { module: from.slice(level), level }
  if (node.children.some((child) => child.type === 'wildcard_import'))
    return [{ ...base, local: '*', name: '*', isAliased: false, text: `from ${from} import *` }]
  return node.children
    .filter((child) => child.field === 'name')
    .map((child) => {
      const { written, alias } = readName(child, source)
      const text = `from ${from} import ${written}${alias === null ? '' : ` as ${alias}`}`
      return { ...base, local: alias ?? written, name: written, isAliased: alias !== null, text }
    })
}

function readName(node: SyntaxNode, source: string): { written: string; alias: string | null } {
  if (node.type !== 'aliased_import') return { written: nameText(node, source), alias: null }
  const alias = childOf(node, 'alias')
  const name = childOf(node, 'name') ?? namedChildren(node)[0]
  return { written: name ? nameText(name, source) : '', alias: alias ? nameText(alias, source) : null }
}

function nameText(node: SyntaxNode, source: string): string {
  return source.slice(node.start, node.end).replace(/\s/g, '')
}

/** The dotted name of the module that an import names, seen from the importing file; null when it leaves the project. */
export function absoluteModule(importer: string, imported: ImportedName): string | null {
  if (imported.level === 0) return imported.module
  const folders = importer.split('/').slice(0, -1)
  const up = imported.level - 1
  if (up > folders.length) return null
  const base = folders.slice(0, folders.length - up)
  return [...base, ...(imported.module === '' ? [] : [imported.module])].join('.')
}

/** The files that hold a module, in the order in which Python looks: a package comes before a module of its name. */
export function moduleFiles(dotted: string): readonly string[] {
  const path = dotted.replaceAll('.', '/')
  return path === '' ? ['__init__.py'] : [`${path}/__init__.py`, `${path}.py`]
}
