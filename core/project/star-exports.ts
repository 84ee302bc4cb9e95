import type { ModuleFacts, PlacedStatement } from './module-facts.ts'
import type { ProjectModules } from './project-modules.ts'
import { absoluteModule, type ImportedName } from './python-imports.ts'

/** What `from x import *` brings in, as far as the text of x tells. */
export type StarExports = {
  /** The project module that a star import reads; null when it lies outside the project. */
  source(importer: ModuleFacts, star: ImportedName): ModuleFacts | null
  /** False when only running it would tell which names come: then the whole module counts. */
  isDecidable(importer: ModuleFacts, star: ImportedName): boolean
  /** The star imports of a module, decidable ones, that give it this name. */
  giving(importer: ModuleFacts, name: string): readonly ImportedName[]
  /** The names that its `__all__` lists; null without one. */
  listed(module: ModuleFacts): readonly string[] | null
}

type Names = ReadonlySet<string> | null

const literalList = /^__all__(?:: [^=]+)? = [[(]((?:(?:"[^"\\]*"|'[^'\\]*'),? ?)*)[\])]$/
/** Whoever calls these may bind names that the text does not show. */
const binders = new Set(['vars', 'locals', 'setattr', 'delattr'])

export function createStarExports(modules: ProjectModules): StarExports {
  const known = new Map<string, Names>()
  const decided = new Map<string, boolean>()
  const open = new Set<string>()

  const source = (importer: ModuleFacts, star: ImportedName): ModuleFacts | null => {
    const dotted = absoluteModule(importer.path, star)
    return dotted === null ? null : modules.find(dotted)
  }

  /** Null when the text cannot say. */
  const exportsOf = (module: ModuleFacts): Names => {
    const kept = known.get(module.path)
    if (kept !== undefined) return kept
    // Modules that import each other by stars: the names come once more from where the circle was entered.
    if (open.has(module.path)) return new Set()
    open.add(module.path)
    const names = readExports(module)
    open.delete(module.path)
    if (open.size === 0 || names === null) known.set(module.path, names)
    return names
  }

  const readExports = (module: ModuleFacts): Names => {
    if (module.errors.length > 0 || module.bindings.has('__getattr__')) return null
    if (module.statements.some(({ statement }) => statement.isDynamic || statement.uses.some(bindsUnseen))) return null
    if (module.statements.some(({ statement }) => statement.mutates.includes('__all__'))) return null
    const inner = module.starImports.map((star) => {
      const from = source(module, star)
      return from === null ? new Set<string>() : exportsOf(from)
    })
    if (inner.some((names) => names === null)) return null
    if (module.bindings.has('__all__')) {
      const all = listed(module)
      return all === null ? null : new Set(all)
    }
    const names = [...module.bindings.keys(), ...inner.flatMap((one) => [...(one as ReadonlySet<string>)])]
    return new Set(names.filter((name) => !name.startsWith('_')))
  }

  const listed = (module: ModuleFacts): readonly string[] | null => {
    const places = module.bindings.get('__all__') ?? []
    const only = places.length === 1 ? (module.statements[places[0] as number] as PlacedStatement).statement : null
    const items = only === null ? null : literalList.exec(only.normalText)
    return items ? [...(items[1] as string).matchAll(/["']([^"']*)["']/g)].map(([, name]) => name as string) : null
  }

  /** A name of a package that is also a module inside of it: which of the two `package.name` means, the text cannot say. */
  const hidesModule = (importer: ModuleFacts, names: ReadonlySet<string>): boolean => {
    if (!importer.path.endsWith('__init__.py')) return false
    const dotted = importer.path.split('/').slice(0, -1).join('.')
    return [...names].some((name) => modules.find(dotted === '' ? name : `${dotted}.${name}`) !== null)
  }

  const gives = (importer: ModuleFacts, star: ImportedName, name: string): boolean => {
    const from = source(importer, star)
    if (from === null) return false
    if (exportsOf(from)?.has(name)) return true
    // A module of the package that somebody imported is a name of the package, too.
    const dotted = absoluteModule(importer.path, star)
    return listed(from) === null && modules.find(dotted === '' ? name : `${dotted}.${name}`) !== null
  }

  const isDecidable = (importer: ModuleFacts, star: ImportedName): boolean => {
    const key = `${importer.path}\0${star.text}`
    const kept = decided.get(key)
    if (kept !== undefined) return kept
    const from = source(importer, star)
    const names = from === null ? new Set<string>() : exportsOf(from)
    const decidable = names !== null && !hidesModule(importer, names)
    decided.set(key, decidable)
    return decidable
  }

  return {
    source,
    isDecidable,
    listed,
    giving: (importer, name) =>
      importer.starImports.filter((star) => isDecidable(importer, star) && gives(importer, star, name)),
  }
}

function bindsUnseen({ name }: { readonly name: string }): boolean {
  return binders.has(name)
}
