import { expect, it } from 'vitest'
import { isFileAddress, readFileAddress } from '../../../core/domain/file-address.ts'

it.each([
  ['file:///srv/a.csv', '/srv/a.csv'],
  ['file:/srv/a.csv', '/srv/a.csv'],
  ['FILE://LocalHost/srv/a.csv', '/srv/a.csv'],
  ['file:///srv/a%20b%2Bc%25.csv', '/srv/a b+c%.csv'],
  ['file:///srv/a+b.csv', '/srv/a+b.csv'],
  ['file:///srv/Tr%C3%A4ubchen/%E8%91%A1.csv', '/srv/Träubchen/葡.csv'],
  ['file:///srv/Träubchen.csv', '/srv/Träubchen.csv'],
  ['file:///srv/photos/', '/srv/photos/'],
  ['file:///C:/Data/a.csv', 'C:/Data/a.csv'],
])('%s names %s', (address, path) => {
  expect(isFileAddress(address)).toBe(true)
  expect(readFileAddress(address)).toEqual({ path })
})

it.each([
  ['file://nas/share/a.csv', 'another computer, nas'],
  ['file://nas', 'no path'],
  ['file:///srv/a.csv#rows', '%23'],
  ['file:///srv/a?.csv', '%3F'],
  ['file:///srv/a%2Fb.csv', '%2F'],
  ['file:///srv/a%00.csv', '%00'],
  ['file:///srv/50%.csv', 'follows a %'],
  ['file:///srv/a%FF.csv', 'follows a %'],
])('%s names no file of this computer', (address, problem) => {
  expect(isFileAddress(address)).toBe(true)
  expect(readFileAddress(address)).toEqual({ problem: expect.stringContaining(problem) })
})

it.each(['/srv/a.csv', 'C:\\a.csv', 'file:a.csv', 'filed/a.csv', 'https://example.org/a.csv'])('%s is none', (text) => {
  expect(isFileAddress(text)).toBe(false)
})
