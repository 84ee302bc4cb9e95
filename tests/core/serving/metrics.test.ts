import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMetrics } from '../../../core/serving/metrics.ts'
import { parseExposition } from '../../builders/prometheus-text.ts'
import { post, type RunningServer, startServer } from '../../builders/running-server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer('regressor')
})
afterAll(() => server.stop())

describe('/metrics', () => {
  it('is well-formed Prometheus text 0.0.4 and counts what was answered', async () => {
    await post(`${server.url}/predict`, [
      [0, 0, 0, 0],
      [1, 1, 1, 1],
    ])
    await post(`${server.url}/predict`, 'x', { 'Content-Type': 'application/json' })
    await fetch(`${server.url}/nowhere`, { method: 'BREW' }).catch(() => null)
    const response = await fetch(`${server.url}/metrics`)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const families = parseExposition(await response.text())
    const value = (name: string, labels: Record<string, string> = {}) =>
      families
        .flatMap((family) => family.samples)
        .find((sample) => sample.name === name && Object.entries(labels).every(([k, v]) => sample.labels[k] === v))
        ?.value
    expect(value('slipway_model_rows_total')).toBe(2)
    expect(value('slipway_model_batches_total')).toBe(1)
    expect(value('slipway_model_ready')).toBe(1)
    expect(value('slipway_model_info', { name: 'flowers', version: '3' })).toBe(1)
    const route = { http_route: '/predict' }
    expect(value('http_server_request_duration_seconds_count', { ...route, http_response_status_code: '200' })).toBe(1)
    expect(value('http_server_request_duration_seconds_count', { ...route, http_response_status_code: '400' })).toBe(1)
    expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e6)
  })

  it('escapes labels and help as the format wants', () => {
    const metrics = createMetrics()
    metrics.gauge('odd_name', 'a \\ and\na line', () => Number.POSITIVE_INFINITY, { text: 'a"b\\c\nd' })
    const [family] = parseExposition(metrics.toText())
    expect(family).toMatchObject({
      help: 'a \\ and\na line',
      samples: [{ labels: { text: 'a"b\\c\nd' }, value: Number.POSITIVE_INFINITY }],
    })
  })
})
