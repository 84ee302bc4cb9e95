import type { ArtifactPreview } from '../../core/domain/artifact.ts'
import type { JsonValue } from '../../core/domain/json.ts'

const columns = [
  ['alcohol', 'double'],
  ['malic acid', 'double'],
  ['ash', 'double'],
  ['magnesium', 'int64'],
  ['region', 'category'],
  ['grade', 'int64'],
] as const

/** A table like one that a pandas step gives: floats, whole numbers, words and a gap. */
export const wineRows: Extract<ArtifactPreview, { kind: 'table' }> = {
  kind: 'table',
  totalRows: 1359,
  columns: columns.map(([name, type]) => ({ name, type })),
  rows: Array.from({ length: 200 }, (_, row) => [
    Number((11 + ((row * 37) % 400) / 100).toFixed(2)),
    row === 3 ? null : Number((0.7 + ((row * 13) % 500) / 100).toFixed(2)),
    Number((1.4 + ((row * 7) % 180) / 100).toFixed(2)),
    70 + ((row * 11) % 90),
    ['Barolo', 'Grignolino', 'Barbera'][row % 3] as string,
    row % 3,
  ]),
}

export function evaluationOf(params: Readonly<Record<string, JsonValue>>): Record<string, number> {
  const trees = Number(params['model.trees'] ?? 120)
  const accuracy = 0.91 + Math.min(0.06, trees / 5000)
  return { 'evaluation.accuracy': round(accuracy), 'evaluation.f1': round(accuracy - 0.013) }
}

/** What matplotlib would have drawn. */
export const confusionPlot = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 320" font-family="sans-serif" font-size="13">
<rect width="420" height="320" fill="#fff"/>
${[
  [44, 1, 0],
  [2, 51, 3],
  [0, 2, 33],
]
  .flatMap((row, y) =>
    row.map(
      (count, x) =>
        `<rect x="${90 + x * 80}" y="${30 + y * 80}" width="80" height="80" fill="hsl(214 80% ${96 - count}%)"/>` +
        `<text x="${130 + x * 80}" y="${75 + y * 80}" text-anchor="middle" fill="${count > 30 ? '#fff' : '#222'}">${count}</text>`,
    ),
  )
  .join('')}
<text x="210" y="304" text-anchor="middle">Predicted label</text>
<text x="40" y="155" text-anchor="middle" transform="rotate(-90 40 155)">True label</text>
</svg>`

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
