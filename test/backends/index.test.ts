import { expect, test } from '@jest/globals'
import { startAll, startCrm } from './index.ts'
import { getInvoices } from './soap-request.ts'

test('startAll starts all four, and close closes them', async () => {
  const all = await startAll({ catalogMs: 1 })
  const { crm, shop, billing, rates } = all
  expect([crm, shop, billing, rates].map(({ name }) => name)).toEqual(['crm', 'shop', 'billing', 'rates'])
  expect(new Set([crm, shop, billing, rates].map(({ port }) => port)).size).toBe(4)
  const start = performance.now()
  for (const url of [`${crm.url}/users`, `${shop.url}/catalog`, `${rates.url}/rates`]) {
    const response = await fetch(url)
    await response.arrayBuffer()
    expect([url, response.status]).toEqual([url, 200])
  }
  expect((await getInvoices(billing, '00001')).status).toBe(200)
  expect(performance.now() - start).toBeLessThan(395)
  await all.close()
  for (const { url } of [crm, shop, billing, rates]) await expect(fetch(url)).rejects.toThrow()
})

test('startAll takes ports', async () => {
  const before = await startAll()
  const ports = { crm: before.crm.port, shop: before.shop.port, billing: before.billing.port, rates: before.rates.port }
  await before.close()
  const after = await startAll(ports)
  await after.close()
  expect({ crm: after.crm.port, shop: after.shop.port, billing: after.billing.port, rates: after.rates.port }).toEqual(
    ports,
  )
})

test('where one cannot start, the others are closed', async () => {
  const probe = await startAll()
  const ports = { crm: probe.crm.port, shop: probe.shop.port, billing: probe.billing.port }
  await probe.close()
  const occupant = await startCrm()
  await expect(startAll({ ...ports, rates: occupant.port })).rejects.toThrow(
    `rates: port ${occupant.port} is already in use`,
  )
  await occupant.close()
  // All ports are free again, or this would reject.
  const again = await startAll({ ...ports, rates: occupant.port })
  await again.close()
  expect(again.rates.port).toBe(occupant.port)
})
