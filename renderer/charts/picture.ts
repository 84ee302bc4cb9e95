/** A drawing as plain parts, in pixels from the upper left: painted on a canvas, or written as SVG. */
export type Picture = { readonly width: number; readonly height: number; readonly parts: readonly Part[] }

export type Part =
  /** A NaN lifts the pen. */
  | {
      readonly kind: 'line'
      readonly xs: ArrayLike<number>
      readonly ys: ArrayLike<number>
      readonly colour: string
      readonly width: number
      readonly dash?: readonly number[]
      readonly opacity?: number
    }
  /** A NaN is no dot. */
  | {
      readonly kind: 'dots'
      readonly xs: ArrayLike<number>
      readonly ys: ArrayLike<number>
      readonly colour: string
      readonly radius: number
      readonly opacity?: number
    }
  | {
      readonly kind: 'text'
      readonly x: number
      readonly y: number
      readonly text: string
      readonly anchor: 'start' | 'middle' | 'end'
      readonly colour: string
      /** Of the ground, where lines cross the words. */
      readonly halo?: string
      /** Read from below. */
      readonly turned?: boolean
    }

const fontSize = 11

export function paintPicture(picture: Picture, canvas: HTMLCanvasElement, font: string): void {
  const ratio = devicePixelRatio
  canvas.width = Math.round(picture.width * ratio)
  canvas.height = Math.round(picture.height * ratio)
  const context = canvas.getContext('2d')
  if (context === null) return
  context.scale(ratio, ratio)
  context.font = `${fontSize}px ${font}`
  context.textBaseline = 'middle'
  for (const part of picture.parts) {
    context.globalAlpha = part.kind === 'text' ? 1 : (part.opacity ?? 1)
    if (part.kind === 'line') paintLine(context, part)
    else if (part.kind === 'dots') paintDots(context, part)
    else paintText(context, part)
  }
}

function paintLine(context: CanvasRenderingContext2D, line: Extract<Part, { kind: 'line' }>): void {
  context.strokeStyle = line.colour
  context.lineWidth = line.width
  context.setLineDash([...(line.dash ?? [])])
  context.beginPath()
  let isDown = false
  for (let at = 0; at < line.xs.length; at++) {
    const [x, y] = [line.xs[at] as number, line.ys[at] as number]
    if (Number.isNaN(x) || Number.isNaN(y)) isDown = false
    else if (isDown) context.lineTo(x, y)
    else {
      context.moveTo(x, y)
      isDown = true
    }
  }
  context.stroke()
}

/** Squares: at this size nobody sees the difference, and a hundred thousand of them are filled at once. */
function paintDots(context: CanvasRenderingContext2D, dots: Extract<Part, { kind: 'dots' }>): void {
  const { xs, ys, radius } = dots
  context.fillStyle = dots.colour
  context.beginPath()
  for (let at = 0; at < xs.length; at++) {
    const [x, y] = [xs[at] as number, ys[at] as number]
    if (!Number.isNaN(x + y)) context.rect(x - radius, y - radius, 2 * radius, 2 * radius)
  }
  context.fill()
}

function paintText(context: CanvasRenderingContext2D, { x, y, text, anchor, colour, halo, turned }: TextPart): void {
  context.fillStyle = colour
  context.textAlign = anchor === 'middle' ? 'center' : anchor
  if (!turned) {
    if (halo) {
      context.strokeStyle = halo
      context.lineWidth = 3
      context.setLineDash([])
      context.strokeText(text, x, y)
    }
    context.fillText(text, x, y)
    return
  }
  context.save()
  context.translate(x, y)
  context.rotate(-Math.PI / 2)
  context.fillText(text, 0, 0)
  context.restore()
}

type TextPart = Extract<Part, { kind: 'text' }>

/** The same drawing for papers and slides, on a ground of its own. */
export function pictureToSvg({ width, height, parts }: Picture, ground: string, font: string): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${toXml(font)}" font-size="${fontSize}">`,
    `<rect width="100%" height="100%" fill="${ground}"/>`,
    ...parts.map(partToSvg),
    '</svg>\n',
  ].join('\n')
}

function partToSvg(part: Part): string {
  const faint = part.kind !== 'text' && part.opacity !== undefined ? ` opacity="${part.opacity}"` : ''
  switch (part.kind) {
    case 'line': {
      const dash = part.dash && part.dash.length > 0 ? ` stroke-dasharray="${part.dash.join(' ')}"` : ''
      return `<path d="${pathOf(part.xs, part.ys)}" fill="none" stroke="${part.colour}" stroke-width="${part.width}"${dash}${faint}/>`
    }
    case 'dots': {
      const { xs, ys, radius } = part
      const places = Array.from(xs, (x, at) => [x, ys[at] as number] as const)
        .filter(([x, y]) => !Number.isNaN(x + y))
        .map(([x, y]) => `<circle cx="${short(x)}" cy="${short(y)}" r="${radius}"/>`)
      return `<g fill="${part.colour}"${faint}>${places.join('')}</g>`
    }
    case 'text': {
      const halo = part.halo ? ` stroke="${part.halo}" stroke-width="3" paint-order="stroke"` : ''
      const turn = part.turned ? ` transform="rotate(-90 ${short(part.x)} ${short(part.y)})"` : ''
      return `<text x="${short(part.x)}" y="${short(part.y)}" text-anchor="${part.anchor}" dominant-baseline="central" fill="${part.colour}"${turn}${halo}>${toXml(part.text)}</text>`
    }
  }
}

function pathOf(xs: ArrayLike<number>, ys: ArrayLike<number>): string {
  let path = ''
  let isDown = false
  for (let at = 0; at < xs.length; at++) {
    const [x, y] = [xs[at] as number, ys[at] as number]
    const isThere = !Number.isNaN(x) && !Number.isNaN(y)
    if (isThere) path += `${isDown ? 'L' : 'M'}${short(x)} ${short(y)}`
    isDown = isThere
  }
  return path
}

const short = (value: number) => String(Math.round(value * 100) / 100)

function toXml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
