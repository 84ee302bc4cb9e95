import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testEnvironment } from '../../builders/python-environment.ts'
import { post, type RunningServer, startServer } from '../../builders/running-server.ts'

const run = promisify(execFile)
let server: RunningServer
let python: string
beforeAll(async () => {
  ;[server, { python }] = await Promise.all([startServer('flowers'), testEnvironment('clients')])
})
afterAll(() => server.stop())

describe('tritonclient, as published', () => {
  it('finds the model, and gets the same answers in JSON, in binary and compressed', async () => {
    const script = join(import.meta.dirname, 'ask_with_tritonclient.py')
    const found = JSON.parse((await run(python, [script, `127.0.0.1:${server.port}`])).stdout)
    expect(found).toMatchObject({ live: true, ready: true, modelReady: true, otherReady: false })
    expect(found.server.extensions).toContain('binary_tensor_data')
    expect(found.model).toMatchObject({ name: 'flowers', versions: ['3'], platform: 'onnx_onnxv1' })
    expect(found.binary.predict.slice(0, 2)).toEqual(['setosa', 'versicolor'])
    expect(found.named.outputs).toEqual([
      { name: 'predict', datatype: 'BYTES', shape: [3], data: found.binary.predict },
    ])
    expect(found.sameInBinary).toEqual(found.json)
    expect(found.gzip).toEqual(found.json)
    expect(found.deflate).toEqual(found.json)
    expect(found.missing).toEqual(['400', expect.stringContaining('soil')])
    expect(found.unknownModel).toEqual(['404', expect.stringContaining('nope')])
    expect(server.log.filter((entry) => entry.event === 'defect')).toEqual([])
  })
})

describe('Prometheus, as published', () => {
  it('its Python client parses /metrics', async () => {
    await post(`${server.url}/predict`, [])
    const text = await (await fetch(`${server.url}/metrics`)).text()
    const code =
      'import sys; from prometheus_client.parser import text_string_to_metric_families as parse; ' +
      'print(len(list(parse(sys.stdin.read()))))'
    const parsed = spawnSync(python, ['-c', code], { input: text, encoding: 'utf8' })
    expect(parsed.stderr).toBe('')
    expect(Number(parsed.stdout)).toBeGreaterThan(8)
  })
})
