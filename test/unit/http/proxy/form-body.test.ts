import { parse } from 'node:querystring'
import { describe, expect, test } from '@jest/globals'
import express from 'express'
import fc from 'fast-check'
import request from 'supertest'
import { writeForm } from '../../../../src/http/proxy/form-body.ts'

/** What Express' parser makes of a form. */
async function read(text: string, extended: boolean): Promise<object> {
  const app = express()
  app.use(express.urlencoded({ extended }), (incoming, response) => void response.json(incoming.body))
  return (await request(app).post('/').type('application/x-www-form-urlencoded').send(text)).body
}

describe('a form is written as it came', () => {
  test.each([
    'a=1&b=x%20y',
    'a=1&b=x+y',
    'a=%C5%81%C3%B3d%C5%BA&e=&f=%26%3D',
    "n=it's!",
    'n=it%27s%21',
    'a[b]=c&a[d]=e&x=1',
    'a%5Bb%5D%5Bc%5D=d+e',
    'tag=1&tag=2',
    'tag[]=1&tag[]=2',
    'tag%5B%5D=1&tag%5B%5D=2',
    'tag[0]=1&tag[1]=2',
    'tag[]=1',
    'a[tags][]=1&a[tags][]=2',
    'items[0][id]=1&items[0][n]=a&items[1][id]=2',
  ])('%s', async (text) => {
    for (const extended of [true, false]) expect(writeForm(await read(text, extended), text.length)).toBe(text)
  })
})

test('what cannot be mistaken needs no length', () => {
  expect(writeForm({ a: { b: 'c', d: { e: 'f g' } }, x: '1' }, undefined)).toBe('a%5Bb%5D=c&a%5Bd%5D%5Be%5D=f+g&x=1')
  expect(writeForm({ a: ['1'] }, undefined)).toBe('a%5B%5D=1')
  expect(writeForm({ a: 1, b: true, c: null, d: 2n }, 1)).toBe('a=1&b=true&c=&d=2')
  expect(writeForm({}, undefined)).toBe('')
})

test.each([
  ['a list of which nobody knows how it was named', { a: ['1', '2'] }, undefined],
  ['a list in none of the usual spellings', { a: ['1', '2'] }, 50],
  // As long as `a=1%20%20&a=1`, and as `a[]=1++&a[]=1`.
  ['a list that may have been either', { a: ['1  ', '1'] }, 13],
  // What qs makes of `items[][id]=1&items[][id]=2`: it has mixed them up.
  ['a list whose parts a parser has merged', { items: [{ id: ['1', '2'] }] }, 27],
  ['an object without anything', { a: {} }, undefined],
  ['a list without anything', { a: [] }, undefined],
  ['a function', { a: () => 1 }, undefined],
])('%s is not written', (_, body, length) => {
  expect(writeForm(body, length)).toBeUndefined()
})

test('every flat form means what it meant', () => {
  const texts = fc.dictionary(fc.string({ minLength: 1 }), fc.string())
  fc.assert(
    fc.property(texts, (form) => {
      expect({ ...parse(writeForm(form, undefined) as string) }).toEqual({ ...form })
    }),
  )
})
