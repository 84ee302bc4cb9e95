/** ONNX files written field by field, so that tests can say things no exporter would. */
export function onnxModel(model: {
  readonly domain?: string
  readonly operator?: string
  readonly initializers?: readonly Uint8Array[]
  readonly opset?: number
  readonly irVersion?: number
  readonly subgraphs?: number
}): Uint8Array {
  const deep = model.subgraphs ?? 0
  const body = Array.from({ length: deep }).reduce<Uint8Array>(
    (inner) => graph([node('If', '', [field(5, join(text(1, 'then_branch'), field(6, inner)))])], []),
    graph([], []),
  )
  const attributes = deep > 0 ? [field(5, join(text(1, 'then_branch'), field(6, body)))] : []
  return join(
    number(1, model.irVersion ?? 9),
    field(8, number(2, model.opset ?? 18)),
    field(7, graph([node(model.operator ?? 'Identity', model.domain ?? '', attributes)], model.initializers ?? [])),
  )
}

export function tensor(tensor: {
  readonly name: string
  readonly type: number
  readonly dims: readonly number[]
  readonly raw?: Uint8Array
  readonly external?: Readonly<Record<string, string>>
}): Uint8Array {
  const entries = Object.entries(tensor.external ?? {}).map(([key, value]) =>
    field(13, join(text(1, key), text(2, value))),
  )
  return join(
    ...tensor.dims.map((length) => number(1, length)),
    number(2, tensor.type),
    text(8, tensor.name),
    ...(tensor.raw ? [field(9, tensor.raw)] : []),
    ...entries,
    ...(tensor.external ? [number(14, 1)] : []),
  )
}

function graph(nodes: readonly Uint8Array[], initializers: readonly Uint8Array[]): Uint8Array {
  return join(
    ...nodes.map((bytes) => field(1, bytes)),
    text(2, 'g'),
    ...initializers.map((bytes) => field(5, bytes)),
    field(11, value('x')),
    field(12, value('y')),
  )
}

function node(operator: string, domain: string, attributes: readonly Uint8Array[]): Uint8Array {
  return join(text(1, 'x'), text(2, 'y'), text(4, operator), ...(domain ? [text(7, domain)] : []), ...attributes)
}

/** A float vector of free length. */
function value(name: string): Uint8Array {
  const shape = field(1, text(2, 'n'))
  return join(text(1, name), field(2, field(1, join(number(1, 1), field(2, shape)))))
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0))
    rest >>= 7n
  } while (rest > 0n)
  return Uint8Array.from(bytes)
}

function number(tag: number, value: number): Uint8Array {
  return join(varint(tag * 8), varint(value))
}

function field(tag: number, bytes: Uint8Array): Uint8Array {
  return join(varint(tag * 8 + 2), varint(bytes.length), bytes)
}

function text(tag: number, value: string): Uint8Array {
  return field(tag, Buffer.from(value, 'utf8'))
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}
