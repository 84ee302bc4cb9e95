import { describe, expect, it } from 'vitest'
import { pictureToSvg } from '../../../renderer/charts/picture.ts'
import { createScale } from '../../../renderer/charts/scale.ts'

const scale = (values: readonly number[], options: { words?: readonly string[]; log?: boolean } = {}) =>
  createScale({ values, words: options.words ?? null, log: options.log ?? false, from: 100, to: 300, mostTicks: 5 })

describe('a scale', () => {
  it('puts the ends of what is finite at the ends of the axis, with round ticks between', () => {
    const { toPixel, toValue, ticks } = scale([2, Number.NaN, 12, Infinity])
    expect([toPixel(2), toPixel(7), toPixel(12)]).toEqual([100, 200, 300])
    expect(toValue(250)).toBeCloseTo(9.5)
    expect(ticks.map(({ text }) => text)).toEqual(['2', '4', '6', '8', '10', '12'])
  })

  it('in logarithms shows powers, and nothing of what has none', () => {
    const { toPixel, ticks } = scale([0.01, 100, 0, -3], { log: true })
    expect(toPixel(1)).toBeCloseTo(200)
    expect(toPixel(0)).toBeNaN()
    expect(ticks.map(({ text }) => text)).toEqual(['0.01', '0.1', '1', '10', '100'])
  })

  it('holds one value, no value, and words', () => {
    expect(scale([5]).toPixel(5)).toBe(200)
    expect(scale([]).ticks.length).toBeGreaterThan(1)
    const words = scale([0, 1, 2], { words: ['linear', 'poly', 'a very long word indeed'] })
    expect(words.ticks.map(({ text }) => text)).toEqual(['linear', 'poly', 'a very long w…'])
    expect(words.toPixel(1)).toBe(200)
  })
})

it('a picture in SVG has every line and dot, leaves out what is nowhere, and lets no name be markup', () => {
  const svg = pictureToSvg(
    {
      width: 100,
      height: 50,
      parts: [
        { kind: 'line', xs: [0, 1, Number.NaN, 3, 4], ys: [0, 1, 2, 3, 4], colour: 'red', width: 1, dash: [2, 3] },
        { kind: 'dots', xs: [1, Number.NaN, 3], ys: [1, 2, 7.12345], colour: 'blue', radius: 2, opacity: 0.5 },
        { kind: 'text', x: 5, y: 6, text: '<b>&"', anchor: 'end', colour: 'black', turned: true },
      ],
    },
    'white',
    'sans-serif',
  )
  expect(svg).toContain('d="M0 0L1 1M3 3L4 4"')
  expect(svg).toContain('stroke-dasharray="2 3"')
  expect(svg).toContain('<circle cx="1" cy="1" r="2"/><circle cx="3" cy="7.12" r="2"/>')
  expect(svg).toContain('>&#60;b&#62;&#38;&#34;</text>')
  expect(svg).toContain('rotate(-90 5 6)')
})
