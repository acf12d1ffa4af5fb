import { describe } from '@jest/globals'
import type { Way } from './bench.ts'
import { answers } from './contract-answers.ts'
import { bounds } from './contract-bounds.ts'
import { failures } from './contract-failures.ts'
import { requests } from './contract-requests.ts'

/** What every way to a backend must do. */
export function transportContract(name: string, way: Way): void {
  describe(`the contract of transports: ${name}`, () => {
    describe('a request', () => requests(way))
    describe('an answer', () => answers(way))
    describe('a backend that', () => failures(way))
    describe('an attempt', () => bounds(way))
  })
}
