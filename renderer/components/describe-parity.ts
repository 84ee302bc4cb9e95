/** Which rows a model was compared on, in words; core names how it came by them. */
const origins: Readonly<Record<string, string>> = {
  logged: 'rows that a step recorded',
  called: 'rows that the steps of the run predicted on',
  received: 'rows that a step received',
  training: 'rows that the model was trained on',
}

export function describeRowsOrigin(origin: string | null): string | null {
  return origin === null ? null : (origins[origin] ?? origin)
}
