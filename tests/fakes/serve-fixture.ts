import { serveFixture } from './fixture-server.ts'

// For looking at the window by hand: `node tests/fakes/serve-fixture.ts`, then open what it prints.
const { url } = await serveFixture({ port: Number(process.env.PORT ?? 0) })
process.stdout.write(`${url}\n`)
