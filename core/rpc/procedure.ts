/** Anything that refuses by throwing and gives a typed value otherwise; zod schemas are such. */
export type Parser<Value> = { parse(value: unknown): Value }

/** Reads; has no effect. */
export type Query<Input, Output> = {
  readonly kind: 'query'
  readonly input: Parser<Input>
  readonly run: (input: Input) => Output | Promise<Output>
}

/** Changes something, then answers. */
export type Command<Input, Output> = {
  readonly kind: 'command'
  readonly input: Parser<Input>
  readonly run: (input: Input) => Output | Promise<Output>
}

/** Announces events until the listener leaves; `run` returns what stops it. */
export type Subscription<Input, Event> = {
  readonly kind: 'subscription'
  readonly input: Parser<Input>
  readonly run: (input: Input, emit: (event: Event) => void) => () => void
}

// biome-ignore lint/suspicious/noExplicitAny: a router holds procedures of every type; each call site is typed by inference
export type Procedure = Query<any, any> | Command<any, any> | Subscription<any, any>
export type Router = { readonly [name: string]: Procedure | Router }

export function query<Input, Output>(
  input: Parser<Input>,
  run: (input: Input) => Output | Promise<Output>,
): Query<Input, Output> {
  return { kind: 'query', input, run }
}

export function command<Input, Output>(
  input: Parser<Input>,
  run: (input: Input) => Output | Promise<Output>,
): Command<Input, Output> {
  return { kind: 'command', input, run }
}

export function subscription<Event, Input>(
  input: Parser<Input>,
  run: (input: Input, emit: (event: Event) => void) => () => void,
): Subscription<Input, Event> {
  return { kind: 'subscription', input, run }
}

/** Follows `a.b.c` through own members only, so that `__proto__` and friends lead nowhere. */
export function findProcedure(router: Router, path: string): Procedure | null {
  let place: Procedure | Router = router
  for (const name of path.split('.')) {
    if (isProcedure(place) || !Object.hasOwn(place, name)) return null
    place = place[name] as Procedure | Router
  }
  return isProcedure(place) ? place : null
}

function isProcedure(place: Procedure | Router): place is Procedure {
  return typeof (place as Procedure).run === 'function'
}
