/** Gives a person what is shown, as a file. */
export function saveText(name: string, type: string, text: string): void {
  save(name, new Blob([text], { type }))
}

/** A chart as it stands, on the page's own ground. */
export function saveCanvas(name: string, canvas: HTMLCanvasElement | null): void {
  if (canvas === null) return
  const copy = document.createElement('canvas')
  copy.width = canvas.width
  copy.height = canvas.height
  const context = copy.getContext('2d')
  if (context === null) return
  context.fillStyle = getComputedStyle(document.body).backgroundColor
  context.fillRect(0, 0, copy.width, copy.height)
  context.drawImage(canvas, 0, 0)
  copy.toBlob((blob) => blob && save(name, blob), 'image/png')
}

function save(name: string, blob: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
