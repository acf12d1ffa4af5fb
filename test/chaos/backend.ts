// One of the demo's backends with a link in front that can be made bad, as one process, so that both can be killed and paused at
// once: `node test/chaos/backend.ts crm 20001`.
import { type Control, startBilling, startCrm, startRates, startShop } from '../backends/index.ts'
import { report } from '../bench/support/child.ts'
import { type LinkFault, openLink } from './link.ts'

/** Short, so that it can be seen within the suite's time that Facet closes idle connections. */
const IDLE = { keepAliveMs: 5_000 }
const STARTS = {
  crm: () => startCrm(0, IDLE),
  shop: () => startShop(0, { catalogMs: 50, ...IDLE }),
  billing: () => startBilling(0, IDLE),
  rates: () => startRates(0, IDLE),
  east: () => startCrm(0, IDLE),
  west: () => startCrm(0, IDLE),
}

const [name, port] = process.argv.slice(2)
const backend = await STARTS[name as keyof typeof STARTS]()
backend.control({ log: false })
const link = await openLink(backend.port, Number(port))
report(
  { port: link.port },
  {
    link: (fault: LinkFault | undefined) => link.set(fault ?? undefined),
    control: (change: Partial<Control>) => backend.control(change),
  },
)
