/** The mock backends in a process of their own, so that their CPU time is nobody else's. */
import { startAll } from '../../backends/index.ts'
import { startAnswers } from './answers.ts'
import { report } from './child.ts'

const { crm, shop, billing, rates } = await startAll()
// A log of the last thousand requests costs memory and time, and nobody reads it here.
for (const backend of [crm, shop, billing, rates]) backend.control({ log: false })
const urls = { CRM_URL: crm.url, SHOP_URL: shop.url, BILLING_URL: billing.url, RATES_URL: rates.url }
report({ ...urls, ANSWERS_URL: await startAnswers() })
