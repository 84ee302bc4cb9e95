import { describe } from 'vitest'
import { pythonCases } from './run-cases.ts'

/** What a step returns comes back equal, and equal values are equal bytes. */
describe('pandas tables', () => pythonCases('pandas_tables.py', 'science'))
describe('pandas tables with older pins', () => pythonCases('pandas_tables.py', 'older'))
describe('Arrow tables', () => pythonCases('arrow_tables.py', 'science'))
describe('polars tables', () => pythonCases('polars_tables.py', 'polars'))
describe('other values', () => pythonCases('other_values.py', 'science'))
describe('figures and models with fields', () => pythonCases('figure_libraries.py', 'figures'))
describe('what is done once for many steps', () => pythonCases('forked_steps.py', 'science'))
describe('what is done once with older pins', () => pythonCases('forked_steps.py', 'older'))
describe('recorded predictions', () => pythonCases('recorded_predictions.py', 'science'))
describe('recorded predictions with older pins', () => pythonCases('recorded_predictions.py', 'older'))
