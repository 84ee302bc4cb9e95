import { usePipelineNow } from '../../live/use-pipeline-now.ts'

/** The steps of the pipeline as a list. */
export function StepsOutline() {
  const steps = usePipelineNow((now) => now.graph?.steps) ?? []
  return (
    <ul>
      {steps.map((step) => (
        <li key={step.name}>{step.name}</li>
      ))}
    </ul>
  )
}
