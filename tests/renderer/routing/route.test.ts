import { describe, expect, it } from 'vitest'
import { parseRoute, projectHref } from '../../../renderer/routing/route.ts'

describe('the address of a window', () => {
  it.each(['', '#', '#/', '#/nonsense', '#/project', '#/project/'])('%s is home', (hash) => {
    expect(parseRoute(hash)).toEqual({ place: 'home' })
  })

  it('opens a project on Build when no area is named', () => {
    expect(parseRoute('#/project/wine-1f3a')).toMatchObject({ place: 'project', key: 'wine-1f3a', view: 'build' })
  })

  it('comes back from what it was made of', () => {
    const href = projectHref('wine-1f3a', 'runs', ['a/b', 'ü?#'], { filter: 'metric.auc > 0.9 & x' })
    const route = parseRoute(href)
    expect(route).toMatchObject({ key: 'wine-1f3a', view: 'runs', path: ['a/b', 'ü?#'] })
    expect(route.place === 'project' && route.query.get('filter')).toBe('metric.auc > 0.9 & x')
  })

  it('survives a percent sign that encodes nothing', () => {
    expect(parseRoute('#/project/wine/runs/100%')).toMatchObject({ path: ['100%'] })
  })
})
