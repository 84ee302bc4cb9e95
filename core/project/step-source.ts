import { createHash } from 'node:crypto'
import { parseDigest } from '../domain/digest.ts'
import { announcedBy } from './announcements.ts'
import type { ModuleFacts, PlacedStatement, Statement } from './module-facts.ts'
import type { StepSource } from './opened-project.ts'
import type { Meaning, ProjectModules } from './project-modules.ts'
import type { ImportedName } from './python-imports.ts'
import type { NameUse } from './python-names.ts'
import { describeParts, toText } from './source-text.ts'
import { createStarExports, type StarExports } from './star-exports.ts'

type Reached = { readonly module: ModuleFacts; readonly statements: Set<number>; readonly imports: Set<string> }

/**
 * The code that a step can reach: its function, the module-level names it uses and what these use in turn, across
 * project modules, and every statement that has an effect when those modules are imported. Names are followed as
 * the text says them, through star imports, too; where it cannot say (a module passed as a value, eval, names that
 * come about when a module runs) a whole module counts.
 */
export function describeStepSource(modules: ProjectModules, modulePath: string, step: string): StepSource {
  const walk = createWalk(modules)
  const home = modules.at(modulePath)
  if (home) {
    walk.enter(home)
    walk.reach(home, step)
  }
  walk.reachUnnamed()
  const parts = [...walk.reached.values()]
    .sort((a, b) => (a.module.path < b.module.path ? -1 : 1))
    .flatMap(({ module, statements, imports }) => describeParts(module, statements, imports, walk.asksFor.text))
  const text = toText(parts)
  const digest = parseDigest(`sha256:${createHash('sha256').update(text).digest('hex')}`)
  return { digest, text, parts, modules: [...walk.entered].sort() }
}

function createWalk(modules: ProjectModules) {
  const reached = new Map<string, Reached>()
  const entered = new Set<string>()
  const names = new Set<string>()
  const asksFor = { text: false, classes: false }
  let visits = 0
  const stars = createStarExports(modules)

  const partsOf = (module: ModuleFacts): Reached => {
    const known = reached.get(module.path) ?? { module, statements: new Set(), imports: new Set() }
    reached.set(module.path, known)
    return known
  }

  /** Importing a module runs it: its effects count, and so do those of what it imports. */
  const enter = (module: ModuleFacts): void => {
    if (entered.has(module.path)) return
    entered.add(module.path)
    for (const index of module.onImport) {
      const { statement } = module.statements[index] as PlacedStatement
      for (const imported of statement.imports) enterImported(module, imported)
      if (statement.kind === 'effect') visit(module, index)
    }
  }

  const enterImported = (module: ModuleFacts, imported: ImportedName): void => {
    for (const run of modules.runs(module.path, imported)) enter(run)
    if (imported.local !== '*') return
    partsOf(module).imports.add(imported.text)
    if (!stars.isDecidable(module, imported)) followWhole(module, imported)
    const source = stars.source(module, imported)
    // What `__all__` lists and the module does not bind is a module of the package: the import runs it.
    for (const name of (source && stars.listed(source)) ?? [])
      for (const run of modules.runs(module.path, { ...imported, name })) enter(run)
  }

  const followWhole = (module: ModuleFacts, star: ImportedName): void =>
    followMeaning(modules.follow(module.path, { ...star, name: null, isAliased: true }, []))

  const visit = (module: ModuleFacts, index: number): void => {
    const { statements } = partsOf(module)
    if (statements.has(index)) return
    statements.add(index)
    visits++
    const { statement } = module.statements[index] as PlacedStatement
    asksFor.text ||= statement.asksForText
    asksFor.classes ||= statement.asksForClasses
    if (statement.kind === 'definition') for (const imported of statement.imports) enterImported(module, imported)
    for (const use of statement.uses) followUse(module, statement, use)
    if (!statement.isDynamic) return
    for (const dotted of namedByImportlib(statement.normalText)) followMeaning(wholeOf(modules.find(dotted)))
    reachAll(module)
  }

  const followUse = (module: ModuleFacts, statement: Statement, use: NameUse): void => {
    const inside =
      statement.kind === 'import' ? [] : statement.imports.filter((imported) => imported.local === use.name)
    for (const imported of inside) followMeaning(modules.follow(module.path, imported, use.attributes))
    if (inside.length === 0) reach(module, use.name, use.attributes)
  }

  const followMeaning = (meaning: Meaning): void => {
    if (meaning === null) return
    enter(meaning.module)
    if (meaning.kind === 'whole') reachAll(meaning.module)
    else if (!reach(meaning.module, meaning.name, meaning.attributes)) reachAll(meaning.module)
  }

  /** Everything that binds a name of a module. @returns false when nothing does */
  const reach = (module: ModuleFacts, name: string, attributes: readonly string[] = []): boolean => {
    const key = [module.path, name, ...attributes].join('\0')
    if (names.has(key)) return true
    const indexes = module.bindings.get(name) ?? []
    const given = stars.giving(module, name)
    if (indexes.length === 0 && given.length === 0) return false
    names.add(key)
    names.add(`${module.path}\0${name}`)
    for (const index of indexes) {
      const { statement } = module.statements[index] as PlacedStatement
      const imported = statement.imports.filter((candidate) => candidate.local === name)
      for (const one of imported) followMeaning(modules.follow(module.path, one, attributes))
      if (statement.kind === 'import') for (const one of imported) partsOf(module).imports.add(one.text)
      else visit(module, index)
    }
    for (const star of given) followMeaning(modules.follow(module.path, { ...star, name }, attributes))
    return true
  }

  const reachAll = (module: ModuleFacts): void => {
    const key = `${module.path}\0*`
    if (names.has(key)) return
    names.add(key)
    enter(module)
    module.statements.forEach(({ statement }, index) => {
      if (statement.kind !== 'import') visit(module, index)
      for (const name of statement.binds) reach(module, name)
    })
    for (const star of module.starImports) followWhole(module, star)
  }

  /** What the step comes upon without a name for it, until no more comes. */
  const reachUnnamed = (): void => {
    for (let before = -1; before !== visits + entered.size + names.size; ) {
      before = visits + entered.size + names.size
      for (const path of entered) {
        const module = modules.at(path) as ModuleFacts
        for (const index of module.mutations) if (isFelt(module, index)) visit(module, index)
        for (const { index, to } of announcedBy(modules, module))
          if (to === 'anyone' || names.has(`${to.modulePath}\0${to.name}`)) visit(module, index)
        if (asksFor.classes) for (const index of module.decorations) visit(module, index)
      }
    }
  }

  /** It changes an object that the step reaches, or one that is not this module's: a module, what a package holds. */
  const isFelt = (module: ModuleFacts, index: number): boolean =>
    (module.statements[index] as PlacedStatement).statement.mutates.some((name) => {
      const owner = findOwner(modules, stars, module, name)
      return owner === null || names.has(`${owner.module.path}\0${owner.name}`)
    })

  return { reached, entered, enter, reach, reachUnnamed, asksFor }
}

/** The project module in which a name's object is made; null when that is outside the project. */
function findOwner(
  modules: ProjectModules,
  stars: StarExports,
  module: ModuleFacts,
  name: string,
): { module: ModuleFacts; name: string } | null {
  let at: { module: ModuleFacts; name: string } = { module, name }
  for (let hops = 0; hops < 20; hops++) {
    const bound = at.module.bindings.get(at.name)
    const imported = bound
      ? bound
          .flatMap((index) => (at.module.statements[index] as PlacedStatement).statement.imports)
          .find((candidate) => candidate.local === at.name)
      : stars.giving(at.module, at.name).map((star) => ({ ...star, name: at.name }))[0]
    if (!imported) return at
    const meaning = modules.follow(at.module.path, imported, [])
    if (meaning?.kind !== 'name') return null
    at = meaning
  }
  return null
}

function wholeOf(module: ModuleFacts | null): Meaning {
  return module ? { kind: 'whole', module } : null
}

function namedByImportlib(text: string): readonly string[] {
  return [...text.matchAll(/(?:import_module|__import__)\("([\w.]+)"/g)].map((match) => match[1] as string)
}
