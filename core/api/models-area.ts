import type { Models } from '../models/create-models.ts'

export type ModelsArea = Pick<Models, 'list' | 'register' | 'get' | 'evidence' | 'decide' | 'alias'>
