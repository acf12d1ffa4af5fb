/** A product of the shop. */
export interface Product {
  readonly sku: string
  readonly title: string
  readonly price: number
  readonly stock: number
}

/** An order of the shop: of one product, as often as `quantity` says. `placed` is an ISO date and time. */
export interface Order {
  readonly id: number
  readonly userId: number
  readonly sku: string
  readonly quantity: number
  readonly total: number
  readonly placed: string
}

/** One line of the catalogue: a variant of a product, described at length. */
export interface CatalogItem extends Product {
  readonly product: string
  readonly colour: string
  readonly size: string
  readonly weightGrams: number
  readonly tags: readonly string[]
  readonly description: string
}

const PRODUCTS = 60
const USERS = 10
const ORDERS_EACH = 25
const FAVOURITES = 12
const NEWEST = Date.UTC(2026, 10, 20, 9, 30)
const HOUR = 3_600_000

const MATERIALS = ['Oak', 'Linen', 'Steel', 'Wool', 'Cork', 'Glass', 'Brass', 'Bamboo', 'Felt', 'Canvas']
const THINGS = ['Lamp', 'Chair', 'Basket', 'Clock', 'Shelf', 'Mirror']
const COLOURS = ['natural', 'black', 'white', 'red', 'blue', 'green', 'yellow', 'grey', 'orange', 'brown']
const SIZES = ['S', 'M', 'L', 'XL']

/**
 * A generator of numbers from 0 up to, but not including, `below`: the same row for the same seed, so that every run and
 * every machine serves the same data (a linear congruential generator, with the constants of Numerical Recipes).
 */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const cents = (amount: number): number => Math.round(amount * 100) / 100

/** All products, in the order of their article numbers. */
export const products: readonly Product[] = (() => {
  const next = numbers(1)
  return Array.from({ length: PRODUCTS }, (_, at) => ({
    sku: `SKU-${1001 + at}`,
    title: `${MATERIALS[at % MATERIALS.length]} ${THINGS[Math.floor(at / MATERIALS.length)]}`,
    price: cents(5 + next(19_500) / 100),
    stock: next(120),
  }))
})()

/** All orders: users in the order of their ids, and each user's newest first. A user orders few products again and again. */
export const orders: readonly Order[] = (() => {
  const next = numbers(2)
  const made: Order[] = []
  for (let userId = 1; userId <= USERS; userId++) {
    let placed = NEWEST - userId * HOUR
    for (let nth = 0; nth < ORDERS_EACH; nth++) {
      const { sku, price } = products[(userId * 5 + next(FAVOURITES)) % PRODUCTS] as Product
      const quantity = 1 + next(4)
      const id = made.length + 1
      made.push({ id, userId, sku, quantity, total: cents(price * quantity), placed: new Date(placed).toISOString() })
      placed -= (1 + next(200)) * HOUR
    }
  }
  return made
})()

/** The catalogue, about 200 kB as JSON. */
export function makeCatalog(): { generated: string; items: readonly CatalogItem[] } {
  const next = numbers(3)
  const items = products.flatMap(({ sku, title, price, stock }) =>
    COLOURS.map((colour, at): CatalogItem => {
      const size = SIZES[next(SIZES.length)] as string
      const weightGrams = 100 + next(9_000)
      return {
        sku: `${sku}-${at}`,
        product: sku,
        title: `${title}, ${colour}, ${size}`,
        price: cents(price + next(500) / 100),
        stock: Math.floor(stock / COLOURS.length),
        colour,
        size,
        weightGrams,
        tags: [title.split(' ')[0] as string, colour, weightGrams > 5_000 ? 'heavy' : 'light'],
        description: `${title} in ${colour}, size ${size}. Made to order, ${weightGrams} g, sent within three days; goes well with everything else in ${colour}.`,
      }
    }),
  )
  return { generated: new Date(NEWEST).toISOString(), items }
}
