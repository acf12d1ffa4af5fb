import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import express from 'express'
import request from 'supertest'
import { type Demo, startDemo } from '../support/demo.ts'

let demo: Demo
beforeAll(async () => {
  demo = await startDemo()
})
beforeEach(() => demo.reset())
afterAll(() => demo.close())

describe("the demo, mounted in somebody's Express app", () => {
  const foreign = () =>
    express()
      .use(express.json())
      .use('/api', demo.app)
      .get('/own', (_, response) => void response.json({ own: true }))

  test('the overview is where it was mounted, and their own routes are theirs', async () => {
    const overview = await request(foreign()).get('/api/customers/1/overview?orders=2').set('X-Client', 'mobile')
    expect([overview.status, overview.body]).toEqual([200, { name: 'Leanne Graham', orders: 2 }])
    await request(foreign()).get('/own').expect(200, { own: true })
  })

  test('a payment whose body their parser has read arrives', async () => {
    const paid = await request(foreign())
      .post('/api/customers/1/payments')
      .send({ invoice: '0000123', amount: 12.5, currency: 'EUR' })
    expect([paid.status, paid.body.invoice]).toEqual([201, '0000123'])
  })

  test('the reverse proxy passes on from there', async () => {
    const users = await request(foreign()).get('/api/reverseproxy?id=1').expect(200)
    expect(users.body).toHaveLength(1)
    expect(demo.asked('crm')).toEqual(['/users?id=1'])
  })
})
