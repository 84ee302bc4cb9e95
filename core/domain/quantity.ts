const sizeUnits: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 1024,
  MIB: 1024 ** 2,
  GIB: 1024 ** 3,
  TIB: 1024 ** 4,
}

const durationUnits: Readonly<Record<string, number>> = { MS: 1, S: 1e3, MIN: 60e3, H: 3600e3, D: 86_400e3 }

/** `4 GB`, `512 MiB` as bytes; null when it is not a size above zero. */
export function parseSize(text: string): number | null {
  return parseQuantity(text, sizeUnits)
}

/** A size as `parseSize` reads it back, to the byte: `256 MB`, `1.5 GB`, `4 KiB`. */
export function writeSize(bytes: number): string {
  const units = [
    ['TB', 1e12],
    ['GB', 1e9],
    ['MB', 1e6],
    ['TiB', 1024 ** 4],
    ['GiB', 1024 ** 3],
    ['MiB', 1024 ** 2],
    ['KB', 1e3],
    ['KiB', 1024],
  ] as const
  const fit = units.find(([, factor]) => bytes >= factor && Number.isInteger((bytes / factor) * 10))
  return fit ? `${bytes / fit[1]} ${fit[0]}` : `${bytes} B`
}

/** `90 s`, `30 min`, `2 h` as milliseconds; null when it is not a time above zero. */
export function parseDuration(text: string): number | null {
  return parseQuantity(text, durationUnits)
}

/** A time as `parseDuration` reads it back: `90 s`, `10 min`, `1.5 h`. */
export function writeDuration(ms: number): string {
  const units = [
    ['d', 86_400e3],
    ['h', 3600e3],
    ['min', 60e3],
    ['s', 1e3],
  ] as const
  const fit = units.find(([, factor]) => ms >= factor && Number.isInteger((ms / factor) * 10))
  return fit ? `${ms / fit[1]} ${fit[0]}` : `${ms} ms`
}

function parseQuantity(text: string, units: Readonly<Record<string, number>>): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*$/.exec(text)
  const factor = units[match?.[2]?.toUpperCase() ?? '']
  if (!match || factor === undefined) return null
  const amount = Math.round(Number(match[1]) * factor)
  return amount > 0 && Number.isSafeInteger(amount) ? amount : null
}
