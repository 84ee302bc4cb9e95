import type { Monaco } from './load-monaco.ts'

/** A line of small words above a step's definition. */
export type StepLens = {
  readonly line: number
  readonly actions: readonly { readonly title: string; readonly run: (() => void) | null }[]
}

type LensProvider = Parameters<Monaco['languages']['registerCodeLensProvider']>[1]

/** The lenses of each open file, by the address of its model. */
const lensesOf = new Map<string, readonly StepLens[]>()
const changes: (() => void)[] = []
let isOffered = false

/** Shows lenses above lines of a file; called again whenever they change. */
export function showLenses(monaco: Monaco, model: string, lenses: readonly StepLens[]): void {
  if (!isOffered) offer(monaco)
  lensesOf.set(model, lenses)
  for (const change of changes) change()
}

function offer(monaco: Monaco): void {
  isOffered = true
  monaco.editor.registerCommand('slipway.lens', (_, run: (() => void) | null) => run?.())
  const emitter = new monaco.Emitter<LensProvider>()
  const provider: LensProvider = {
    onDidChange: emitter.event,
    provideCodeLenses: (model) => ({
      lenses: (lensesOf.get(model.uri.toString()) ?? []).flatMap(({ line, actions }) =>
        actions.map(({ title, run }) => ({
          range: new monaco.Range(line, 1, line, 1),
          command: { id: run ? 'slipway.lens' : '', title, arguments: [run] },
        })),
      ),
      dispose: () => undefined,
    }),
  }
  monaco.languages.registerCodeLensProvider('python', provider)
  changes.push(() => emitter.fire(provider))
}
