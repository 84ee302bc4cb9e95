import type { ModuleFacts, ModuleReader, PlacedStatement } from './module-facts.ts'
import { absoluteModule, type ImportedName, moduleFiles } from './python-imports.ts'

/** Text of a project file by its project-relative path, or null when there is none. */
export type ReadText = (path: string) => string | null

/** What a name means, seen from a module. `whole` is a module used as a value; null is outside the project. */
export type Meaning =
  | {
      readonly kind: 'name'
      readonly module: ModuleFacts
      readonly name: string
      readonly attributes: readonly string[]
    }
  | { readonly kind: 'whole'; readonly module: ModuleFacts }
  | null

/** The project's Python modules, found by import as Python would with the project folder first on its path. */
export type ProjectModules = {
  at(path: string): ModuleFacts | null
  find(dotted: string): ModuleFacts | null
  /** What an imported name with attributes read off it means. */
  follow(importer: string, imported: ImportedName, attributes: readonly string[]): Meaning
  /** The project modules that importing this name runs, packages above included. */
  runs(importer: string, imported: ImportedName): readonly ModuleFacts[]
}

/** One consistent look at the modules: each file is read at most once. */
export function openProjectModules(reader: ModuleReader, readText: ReadText): ProjectModules {
  const byPath = new Map<string, ModuleFacts | null>()
  const byName = new Map<string, ModuleFacts | null>()

  const at = (path: string): ModuleFacts | null => {
    const known = byPath.get(path)
    if (known !== undefined) return known
    const text = readText(path)
    const facts = text === null ? null : reader.read(path, text)
    byPath.set(path, facts)
    return facts
  }

  const find = (dotted: string): ModuleFacts | null => {
    const known = byName.get(dotted)
    if (known !== undefined) return known
    const found = /^[\w.]*$/u.test(dotted)
      ? (moduleFiles(dotted)
          .map(at)
          .find((facts) => facts !== null) ?? null)
      : null
    byName.set(dotted, found)
    return found
  }

  /** `package.module.name` read off a module's dotted name. */
  const followAttributes = (dotted: string, attributes: readonly string[]): Meaning => {
    const module = find(dotted)
    const [first, ...rest] = attributes
    if (first === undefined) return module ? { kind: 'whole', module } : null
    if (module?.bindings.has(first)) return { kind: 'name', module, name: first, attributes: rest }
    const inner = followAttributes(`${dotted}.${first}`, rest)
    if (inner) return inner
    return module ? { kind: 'name', module, name: first, attributes: rest } : null
  }

  const isOwn = (importer: string, dotted: string) => find(dotted)?.path === importer

  return {
    at,
    find,
    follow: (importer, imported, attributes) => {
      const dotted = absoluteModule(importer, imported)
      if (dotted === null) return null
      if (imported.name !== null) {
        // A package that takes a module from itself binds that very name by it.
        const own = isOwn(importer, dotted) ? followAttributes(`${dotted}.${imported.name}`, attributes) : null
        return own ?? followAttributes(dotted, [imported.name, ...attributes])
      }
      return imported.isAliased ? followAttributes(dotted, attributes) : followAttributes(imported.local, attributes)
    },
    runs: (importer, imported) => {
      const dotted = absoluteModule(importer, imported)
      if (dotted === null) return []
      const names = dotted === '' ? [] : dotted.split('.')
      const prefixes = names.map((_, index) => names.slice(0, index + 1).join('.'))
      const binds = (name: string) => !isOwn(importer, dotted) && find(dotted)?.bindings.has(name)
      if (imported.name !== null && imported.name !== '*' && !binds(imported.name))
        prefixes.push(dotted === '' ? imported.name : `${dotted}.${imported.name}`)
      return prefixes.map(find).filter((facts) => facts !== null)
    },
  }
}

/** The top-level imports of a module that bind a name. */
export function importsOf(module: ModuleFacts, name: string): readonly ImportedName[] {
  return (module.bindings.get(name) ?? []).flatMap((index) =>
    (module.statements[index] as PlacedStatement).statement.imports.filter((imported) => imported.local === name),
  )
}
