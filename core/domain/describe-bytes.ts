const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** `812 B`, `4.1 kB`, `2 GB`, `128 MB`: powers of 1000, as disks and registries count. */
export function describeBytes(bytes: number): string {
  let size = bytes
  let unit = 0
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000
    unit++
  }
  return `${Number(size.toFixed(unit === 0 || size >= 100 ? 0 : 1))} ${units[unit]}`
}
