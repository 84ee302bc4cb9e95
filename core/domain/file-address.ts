/** An address of a file, as file managers and browsers write one: with a host (`file:///srv/a.csv`) or without one. */
export function isFileAddress(text: string): boolean {
  return /^file:\//i.test(text)
}

export type NamedFile = { readonly path: string } | { readonly problem: string }

/** The path that such an address names on this computer, or why it names none. */
export function readFileAddress(text: string): NamedFile {
  const parts = /^file:(?:\/\/([^/]*))?(\/(?!\/).*)$/i.exec(text)
  if (parts === null) return { problem: 'It names no path.' }
  const [, host = '', written = ''] = parts
  if (host !== '' && host.toLowerCase() !== 'localhost')
    return { problem: `It is an address of another computer, ${host}.` }
  if (/[?#]/.test(written)) return { problem: 'In a file: address ? is written %3F and # is written %23.' }
  // An encoded slash would be part of a name, and no name holds one.
  if (/%(2f|00)/i.test(written)) return { problem: 'No name of a file holds %2F or %00.' }
  try {
    const path = decodeURIComponent(written)
    return { path: /^\/[A-Za-z]:\//.test(path) ? path.slice(1) : path }
  } catch {
    return { problem: 'What follows a % in it is no character.' }
  }
}
