import { describe, expect, test } from '@jest/globals'
import { firstDifference } from './difference.ts'
import { table } from './report.ts'
import { readers, writers } from './xml/contenders.ts'
import { documentsOf, FLAVOURS, type FlavourName } from './xml/documents.ts'
import { read } from './xml/readers/xml2js.ts'
import { figures, type Slice } from './xml/turns.ts'

const flavours = Object.keys(FLAVOURS) as FlavourName[]

describe('the documents', () => {
  test.each(flavours)('%s are about as large as they are called, and always the same', (flavour) => {
    const documents = documentsOf(flavour)
    const average = documents.reduce((sum, { bytes }) => sum + bytes.length, 0) / documents.length
    expect(Math.abs(average / FLAVOURS[flavour].bytes - 1)).toBeLessThan(0.1)
    expect(documentsOf(flavour).map(({ bytes }) => bytes)).toEqual(documents.map(({ bytes }) => bytes))
  })

  test('have what legacy answers have', () => {
    const [flat, indented] = documentsOf('50k').map(({ bytes }) => bytes.toString())
    expect(indented?.includes('\n    <bil:GetStatementResponse xmlns:bil=')).toBe(true)
    const parts = [
      /<!--/,
      /&amp;/,
      /&#233;/,
      /ß/,
      / xsi:nil="true"/,
      /number="00\d+"/,
      /<bil:Price>\d+\.\d\d</,
      /><bil:/,
    ]
    // By pattern: a failure shows what is missing and not a whole document.
    expect(parts.filter((part) => !part.test(flat ?? ''))).toEqual([])
    expect(documentsOf('50k-ascii').every(({ bytes }) => bytes.every((byte) => byte < 0x80))).toBe(true)
  })
})

describe.each(['1.5k', '50k-latin', '50k-wide'] as const)('of documents of %s', (flavour) => {
  const documents = documentsOf(flavour)

  test.each(Object.keys(readers).filter((name) => name !== 'saxes'))('%s reads what they say', async (name) => {
    const work = await readers[name]?.()
    for (const document of documents) expect(firstDifference(document.value, work?.(document))).toBeNull()
  })

  test.each(Object.keys(writers))('%s writes what they say', async (name) => {
    const work = await writers[name]?.()
    for (const document of documents) {
      const bytes = work?.(document) as Buffer
      const value = bytes[0] === 0x7b ? JSON.parse(bytes.toString()) : read({ ...document, bytes, encoding: 'utf8' })
      expect(firstDifference(document.value, value)).toBeNull()
    }
  })
})

test('the ratio is the median of each slice against the slice of the floor in the same round', () => {
  const slice = (contender: string, round: number, cpuMicros: number): Slice => {
    return { contender, round, cpuMicros, documents: 10, bytes: 1000 }
  }
  const slices = [
    ...[slice('jsonParse', 0, 50), slice('facet', 0, 100)],
    ...[slice('jsonParse', 1, 100), slice('facet', 1, 200)],
    ...[slice('jsonParse', 2, 50), slice('facet', 2, 300)],
  ]
  const result = figures(slices, 'jsonParse')
  expect(result.facet).toEqual({
    ...{ mbPerSecond: 50, microsPerDocument: 20, microsSpread: [15, 25] },
    ...{ ratioToFloor: 2, ratioSpread: [2, 4] },
  })
  expect(table({ xml: result })).toMatch(/\nfacet +50 +20\.00 \(15\.00 to 25\.00\) +2\.00/)
  expect(figures([slice('facet', 0, 100)], 'jsonParse').facet).toMatchObject({ ratioToFloor: null, ratioSpread: null })
})
