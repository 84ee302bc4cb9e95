/** The text of a module of `count` steps, each of which takes what the one before gives. */
export function chainOfSteps(count: number, scale: string): string {
  const steps = Array.from({ length: count }, (_, i) => {
    const needs = i > 0 ? `s${i - 1}, *, ` : '*, '
    return `@step
def s${i}(${needs}a: float = 1.5, b="x"):
    """Doc"""
    frame = pd.DataFrame({"a": [1, 2, a]})
    for i in range(10):
        frame["c"] = frame["a"] * i + SCALE
    return frame
`
  })
  return `import pandas as pd\nfrom slipway import step\nSCALE = ${scale}\n${steps.join('\n')}`
}
