import { Component, type ReactNode } from 'react'
import { Button } from './button.tsx'
import { ErrorNotice } from './error-notice.tsx'

type Props = {
  readonly children: ReactNode /** When this changes, the panel is tried again. */
  readonly resetOn?: string
}

/** Keeps one broken panel from taking the window with it. */
export class ErrorBoundary extends Component<Props, { readonly error: unknown }> {
  override state = { error: null }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override componentDidUpdate(before: Props) {
    if (this.state.error !== null && before.resetOn !== this.props.resetOn) this.setState({ error: null })
  }

  override render() {
    if (this.state.error === null) return this.props.children
    return (
      <div style={{ padding: 'var(--space-4)' }}>
        <ErrorNotice
          error={this.state.error}
          actions={
            <Button small onClick={() => this.setState({ error: null })}>
              Show this panel again
            </Button>
          }
        />
      </div>
    )
  }
}
