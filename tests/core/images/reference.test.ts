import { describe, expect, it } from 'vitest'
import { isFailure } from '../../../core/domain/failure.ts'
import { parseBase } from '../../../core/images/base.ts'
import { describeReference, isLoopback, parseReference, toRepository } from '../../../core/images/reference.ts'

const digest = `sha256:${'a'.repeat(64)}`

describe('a reference', () => {
  it.each([
    ['127.0.0.1:5000/wine', { host: '127.0.0.1:5000', repository: 'wine', tag: null, digest: null }],
    ['localhost/wine:3', { host: 'localhost', repository: 'wine', tag: '3', digest: null }],
    ['registry.example.org/team/wine:v1.2_x', { host: 'registry.example.org', repository: 'team/wine', tag: 'v1.2_x' }],
    ['[::1]:5000/a/b__c:1', { host: '[::1]:5000', repository: 'a/b__c', tag: '1' }],
    [`ghcr.io/x/y@${digest}`, { host: 'ghcr.io', repository: 'x/y', tag: null, digest }],
    [`ghcr.io/x/y:1@${digest}`, { tag: '1', digest }],
  ])('%s', (text, parts) => {
    expect(parseReference(text)).toMatchObject(parts)
    expect(parseReference(describeReference(parseReference(text)))).toEqual(parseReference(text))
  })

  it.each([
    ['user:pw@registry.example.org/wine:1', 'does not belong in it'],
    ['registry.example.org/Team/wine:1', 'upper-case'],
    ['registry.example.org/wine@sha256:12', 'digest'],
    ['registry.example.org/wine․x:1', 'ASCII'],
    ['regıstry.example.org/wine:1', 'ASCII'],
    [`registry.example.org/${'x'.repeat(300)}`, '255'],
    [`registry.example.org/${'x/'.repeat(300)}x`, '500'],
    ['--platform=linux/amd64', 'option'],
    ['wine:1', 'names no registry'],
    ['team/wine:1', 'names no registry'],
    ['', 'ASCII'],
    ['registry.example.org/', 'repository'],
    ['registry.example.org/wine:', 'tag'],
    ['registry.example.org/wine:1:2', 'tag'],
    ['registry.example.org/wine:-x', 'tag'],
    [`registry.example.org/wine:${'x'.repeat(129)}`, 'tag'],
    ['registry.example.org/../wine', 'repository'],
    ['registry.example.org//wine', 'repository'],
    ['registry.example.org/wine?x=1', 'repository'],
    ['http://registry.example.org/wine', 'host name'],
    ['registry.example.org:99999/wine', 'host name'],
    ['registry.example.org:0/wine', 'host name'],
    ['registry.example.org:80:80/wine', 'host name'],
    ['-registry.example.org/wine', 'option'],
    ['registry..example.org/wine', 'host name'],
    ['registry.example.org/wine\n', 'ASCII'],
    ['registry.example.org/wi ne', 'ASCII'],
    [`a.b/c@${digest}@${digest}`, 'more than one @'],
  ])('b59: %j is refused', (text, problem) => {
    const failure = catching(() => parseReference(text))
    expect(isFailure(failure, 'images/referenceInvalid')).toBe(true)
    expect(String(failure)).toContain(problem)
  })

  it('knows what only this computer reaches', () => {
    expect(['127.0.0.1:5000', 'localhost', '[::1]:5000', '127.9.9.9'].filter(isLoopback)).toHaveLength(4)
    const others = ['127.0.0.1.example.org', 'localhost.example.org', '10.0.0.1', '[::2]', 'xlocalhost']
    expect(others.filter(isLoopback)).toEqual([])
  })

  it.each([
    ['Wine quality!', 'wine-quality'],
    ['Žluťoučký kůň', 'zlutoucky-kun'],
    ['日本', 'model'],
    ['__a__', 'a'],
    ['x'.repeat(200), 'x'.repeat(100)],
  ])('makes a repository name of %j', (text, name) => {
    expect(toRepository(text)).toBe(name)
    expect(parseReference(`localhost/${name}`).repository).toBe(name)
  })
})

describe('a base', () => {
  it.each([
    ['auto', { kind: 'host' }],
    ['host', { kind: 'host' }],
    ['oci:./base', { kind: 'layout', path: './base', tag: null }],
    ['oci:./base:slim', { kind: 'layout', path: './base', tag: 'slim' }],
    ['oci:./base.tar', { kind: 'tarball', format: 'oci', path: './base.tar' }],
    ['docker-archive:x.tar', { kind: 'tarball', format: 'docker', path: 'x.tar' }],
    ['debian:12-slim', { kind: 'registry', reference: { host: 'docker.io', repository: 'library/debian' } }],
    ['gcr.io/distroless/cc', { kind: 'registry', reference: { host: 'gcr.io', repository: 'distroless/cc' } }],
  ])('%s', (text, parts) => {
    expect(parseBase(text)).toMatchObject(parts)
  })

  it.each(['', 'oci:', 'docker-archive:', 'Debian', 'a b', '-x'])('%j is refused', (text) => {
    expect(
      isFailure(
        catching(() => parseBase(text)),
        'images/baseInvalid',
      ),
    ).toBe(true)
  })
})

function catching(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}
