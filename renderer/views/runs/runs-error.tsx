import { useLayoutEffect, useRef } from 'react'
import { Button } from '../../components/button.tsx'
import { ErrorNotice } from '../../components/error-notice.tsx'

type RunsErrorProps = {
  readonly error: unknown
  readonly onTryAgain: () => void
}

/** Runs that could not be had, and the way to ask once more. Once they have come this goes, and the focus stays here. */
export function RunsError({ error, onTryAgain }: RunsErrorProps) {
  const notice = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const element = notice.current
    return () => {
      if (element?.contains(document.activeElement)) element.closest('main')?.focus({ preventScroll: true })
    }
  }, [])
  return (
    <div ref={notice}>
      <ErrorNotice error={error} actions={<Button onClick={onTryAgain}>Try again</Button>} />
    </div>
  )
}
