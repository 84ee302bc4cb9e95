import type { TensorType } from '../../core/domain/signature.ts'

/** The wire's name of a type as what a person enters for it. */
export function describeTensorType(type: TensorType): string {
  if (type === 'BYTES') return 'text'
  if (type === 'BOOL') return 'true or false'
  return type.startsWith('FP') ? `number, ${type}` : `whole number, ${type}`
}
