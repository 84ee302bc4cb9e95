import { findBoundNames, readParameters } from './python-names.ts'
import { childOf, namedChildren, type SyntaxNode } from './python-syntax.ts'

/** Calls that leave no trace: what decorators of the usual kind make their wrapper with. */
const traceless = new Set(
  [
    'wraps partial update_wrapper lru_cache cache functools contextmanager inspect signature'.split(' '),
    'callable isinstance issubclass getattr hasattr type len str repr int float bool list dict tuple set'.split(' '),
  ].flat(),
)

/**
 * True when a function used as a decorator does nothing with what it is given but wrap it: nothing else of the program
 * can tell, until the wrapped thing is called. Told by its text alone, so a doubt is a no.
 *
 * @param isFactory it is called first, and what it returns is the decorator: `@tagged("x")`
 */
export function onlyWraps(definition: SyntaxNode, source: string, isFactory: boolean): boolean {
  const body = childOf(definition, 'body')
  const list = childOf(definition, 'parameters')
  if (!body) return false
  const given = new Set((list ? readParameters(list, source) : []).map((parameter) => parameter.name))
  const own = new Set([...findBoundNames(body, source), ...given])
  const rootOf = (node: SyntaxNode): string | null => {
    let at: SyntaxNode | undefined = node
    while (at && at.type !== 'identifier') at = childOf(at, 'object') ?? childOf(at, 'value') ?? childOf(at, 'function')
    return at ? source.slice(at.start, at.end) : null
  }

  const isHarmless = (node: SyntaxNode): boolean => {
    switch (node.type) {
      case 'lambda':
        return true
      case 'function_definition':
        return !isFactory || onlyWraps(node, source, false)
      case 'class_definition':
      case 'global_statement':
      case 'nonlocal_statement':
      case 'delete_statement':
      case 'with_statement':
      case 'yield':
      case 'await':
        return false
      case 'assignment':
      case 'augmented_assignment': {
        const left = childOf(node, 'left')
        const changes = left?.type === 'attribute' || left?.type === 'subscript'
        if (changes && !own.has(rootOf(left) ?? '')) return false
        break
      }
      case 'call': {
        const called = childOf(node, 'function')
        const root = called ? rootOf(called) : null
        // To call what it was given runs code that stands elsewhere.
        const isOwn = root !== null && own.has(root) && !given.has(root)
        if (root === null || !(isOwn || traceless.has(root))) return false
      }
    }
    return namedChildren(node).every(isHarmless)
  }
  return namedChildren(body).every(isHarmless)
}
