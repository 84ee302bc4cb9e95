import { Play } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import {
  type SweepGoal,
  type SweepMethod,
  type SweepRequest,
  suggestGoal,
  sweepMethods,
} from '../../../core/domain/sweep.ts'
import { useProjectKey } from '../../clients/connections.tsx'
import { toDescribedFailure } from '../../clients/described-error.ts'
import { Button } from '../../components/button.tsx'
import { describeCount } from '../../components/describe-values.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'
import { Checkbox, Field, SelectInput, TextInput } from '../../components/field.tsx'
import { Loading } from '../../components/loading.tsx'
import { Page, Section } from '../../components/page.tsx'
import { useRuns } from '../../queries/run-queries.ts'
import { useStartSweep, useSweepPlan } from '../../queries/sweep-queries.ts'
import { usePipeline } from '../../queries/workspace-queries.ts'
import { projectHref } from '../../routing/route.ts'
import { navigate } from '../../routing/use-route.ts'
import { useRunActions } from '../../running/use-run-commands.ts'
import styles from './sweeps.module.css'

/** Trials run what is saved. */
const savedOnly = {}

const methodWords: Record<SweepMethod, string> = {
  grid: 'Grid: every combination',
  random: 'Random',
  bayes: 'Bayesian (Optuna)',
}

/** The form of a sweep, made from the pipeline's params. What it says is planned as it is typed. */
export function NewSweepPage() {
  const project = useProjectKey()
  const pipeline = usePipeline(savedOnly)
  const known = useRuns({ limit: 20 }).data?.runs.flatMap(({ metrics }) => Object.keys(metrics)) ?? []
  const [over, setOver] = useState<Readonly<Record<string, string>>>({})
  const [metric, setMetric] = useState<string | null>(null)
  const [chosenGoal, setGoal] = useState<SweepGoal | null>(null)
  const [method, setMethod] = useState<SweepMethod | ''>('')
  const [trials, setTrials] = useState('')
  const [parallel, setParallel] = useState('1')
  const [seed, setSeed] = useState('')
  const [stops, setStops] = useState(false)
  const start = useStartSweep()
  const { withTrust, readOnly } = useRunActions()
  const metrics = [...new Set(known)].sort()
  const chosenMetric = metric ?? metrics[0] ?? ''
  const goal = chosenGoal ?? suggestGoal(chosenMetric)
  const params = (pipeline.data?.steps ?? []).flatMap((step) =>
    step.params.map((param) => ({ key: `${step.name}.${param.name}`, step: step.name, param })),
  )
  const request: SweepRequest = {
    steps: [],
    over: Object.fromEntries(Object.entries(over).filter(([, text]) => text.trim() !== '')),
    metric: chosenMetric.trim(),
    goal,
    method: method || undefined,
    trials: toCount(trials),
    parallel: toCount(parallel),
    seed: toCount(seed, 0),
    stopEarly: stops ? { rule: 'median', warmUpTrials: 3, warmUpIterations: 1 } : null,
  }
  const isFilled = Object.keys(request.over).length > 0 && request.metric !== ''
  const plan = useSweepPlan(useDeferredValue(request), isFilled)
  const failure = isFilled && plan.isError ? toDescribedFailure(plan.error) : null
  const details = (failure?.details ?? {}) as { key?: string; problem?: string; nearest?: string | null }
  const keyOfProblem = failure?.code === 'sweeps/badSpace' ? details.key : null
  const reason = !isFilled
    ? 'Give values for at least one param, and a metric.'
    : failure
      ? failure.message
      : plan.data
        ? null
        : 'What would be tried is being worked out.'
  const submit = async () => {
    const started = await start.mutateAsync(request).catch(() => null)
    if (started) navigate(projectHref(project, 'runs', ['sweeps', started.sweepId]))
  }
  const title = (
    <>
      <a href={projectHref(project, 'runs')}>Runs</a>
      <span aria-hidden>/</span>
      <a href={projectHref(project, 'runs', ['sweeps'])}>Sweeps</a>
      <span aria-hidden>/</span>
      New sweep
    </>
  )
  if (pipeline.isError) return <Page title={title}>{<ErrorNotice error={pipeline.error} />}</Page>
  if (!pipeline.data) return <Loading what="the pipeline" />
  if (params.length === 0)
    return (
      <Page title={title} scrolls={false}>
        <EmptyState icon={Play} title="This pipeline has no params">
          Keyword-only parameters of a step are its params: write them after a star, as in train(rows, *, C: float =
          1.0).
        </EmptyState>
      </Page>
    )
  return (
    <Page
      title={title}
      actions={
        <Button
          look="primary"
          icon={Play}
          busy={start.isPending}
          disabledReason={readOnly ?? reason}
          onClick={() => withTrust(() => void submit())}
        >
          {plan.data && !failure && isFilled ? `Start ${describeCount(plan.data.plan.trials, 'trial')}` : 'Start'}
        </Button>
      }
    >
      {start.isError && <ErrorNotice error={start.error} />}
      <Section title="Params to search">
        <p className={styles.muted}>
          Values as <code>0.1, 1, 10</code>, ranges as <code>2..8</code>, <code>0..1:points=5</code> or{' '}
          <code>1e-4..1e-1:log</code>. Leave a param empty to keep its default.
        </p>
        <div className={styles.params}>
          {params.map(({ key, param }) => (
            <Field
              key={key}
              label={<code>{key}</code>}
              help={`${param.annotation ?? typeof param.default}, default ${JSON.stringify(param.default)}`}
              problem={keyOfProblem === key ? toSentence(details.problem) : null}
              steady
            >
              {(props) => (
                <TextInput
                  {...props}
                  value={over[key] ?? ''}
                  placeholder={placeholderOf(param.annotation, param.default)}
                  onChange={(event) => setOver({ ...over, [key]: event.target.value })}
                />
              )}
            </Field>
          ))}
        </div>
      </Section>
      <Section title="Search">
        <div className={styles.params}>
          <Field
            label="Metric"
            help="STEP.KEY or ARTIFACT.KEY"
            problem={failure?.code === 'sweeps/metricUnknown' ? describeUnknownMetric(details.nearest) : null}
            steady
          >
            {(props) => (
              <TextInput
                {...props}
                list="sweep-metrics"
                value={chosenMetric}
                placeholder="evaluation.accuracy"
                onChange={(event) => setMetric(event.target.value)}
              />
            )}
          </Field>
          <datalist id="sweep-metrics">
            {metrics.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
          <Field label="Goal">
            {(props) => (
              <SelectInput {...props} value={goal} onChange={(event) => setGoal(event.target.value as SweepGoal)}>
                <option value="max">Highest is best</option>
                <option value="min">Lowest is best</option>
              </SelectInput>
            )}
          </Field>
          <Field
            label="Method"
            help={method === 'bayes' ? 'Fetches Optuna beside the environment, if it is not there.' : null}
            steady
          >
            {(props) => (
              <SelectInput {...props} value={method} onChange={(event) => setMethod(event.target.value as SweepMethod)}>
                <option value="">Whichever fits</option>
                {sweepMethods.map((one) => (
                  <option key={one} value={one}>
                    {methodWords[one]}
                  </option>
                ))}
              </SelectInput>
            )}
          </Field>
          <NumberField label="Trials" value={trials} onChange={setTrials} placeholder="the whole grid, else 20" />
          <NumberField label="At the same time" value={parallel} onChange={setParallel} placeholder="1" />
          <NumberField label="Seed" value={seed} onChange={setSeed} placeholder="drawn" least={0} />
        </div>
        <div className={styles.stop}>
          <Checkbox
            label="Stop a trial early when what it logs is worse than the median of the finished ones"
            checked={stops}
            onChange={(event) => setStops(event.target.checked)}
          />
          {stops && (
            <p className={styles.muted}>
              Works on metrics that are logged as they grow, with an iteration:{' '}
              <code>log_metric("loss", loss, iteration=epoch)</code>. A metric that is only returned at the end stops
              nothing.
            </p>
          )}
        </div>
      </Section>
      <Section title="What would be tried">
        <div role="status">
          {failure ? (
            <p className={styles.problem}>
              {failure.message} {failure.remedy}
            </p>
          ) : plan.data && isFilled ? (
            <>
              <p className={styles.muted}>
                {methodWords[plan.data.plan.method]}, {describeCount(plan.data.plan.trials, 'trial')}
                {plan.data.first.length === 0 ? ', each proposed from those before.' : ':'}
              </p>
              <ul className={styles.preview}>
                {plan.data.first.slice(0, 12).map((one) => (
                  <li key={JSON.stringify(one)}>
                    <code>{describeParams(one)}</code>
                  </li>
                ))}
                {plan.data.plan.trials > 12 && plan.data.first.length > 0 && (
                  <li>and {plan.data.plan.trials - 12} more</li>
                )}
              </ul>
            </>
          ) : (
            <p className={styles.muted}>{reason}</p>
          )}
        </div>
      </Section>
    </Page>
  )
}

type NumberFieldProps = {
  readonly label: string
  readonly value: string
  readonly placeholder: string
  readonly least?: number
  readonly onChange: (value: string) => void
}

function NumberField({ label, value, placeholder, least = 1, onChange }: NumberFieldProps) {
  const isWrong = value.trim() !== '' && toCount(value, least) === undefined
  return (
    <Field label={label} problem={isWrong ? `A whole number from ${least} on.` : null} steady>
      {(props) => (
        <TextInput
          {...props}
          inputMode="numeric"
          value={value}
          placeholder={placeholder}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}

function toCount(text: string, least = 1): number | undefined {
  return /^\s*\d{1,9}\s*$/.test(text) && Number(text) >= least ? Number(text) : undefined
}

/** Short enough for the line below the field; what to do stands with what would be tried. */
function toSentence(problem = ''): string {
  return `${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`
}

function describeUnknownMetric(nearest: string | null | undefined): string {
  return nearest ? `Did you mean "${nearest}"?` : 'No step or artifact can give it.'
}

function describeParams(params: Readonly<Record<string, unknown>>): string {
  return Object.entries(params)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('  ')
}

function placeholderOf(annotation: string | null, usual: unknown): string {
  if (annotation?.includes('int')) return '2..8 or 1, 10, 100'
  if (annotation?.includes('float')) return '0.1, 1, 10'
  if (typeof usual === 'boolean') return 'true, false'
  if (typeof usual === 'number') return Number.isInteger(usual) ? '2..8 or 1, 10, 100' : '0.1, 1, 10'
  return typeof usual === 'string' ? 'one, another' : 'JSON values'
}
