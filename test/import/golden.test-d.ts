// What the compiler makes of what the importer wrote: nothing of it is `any`, within themselves either.
import type { Input } from 'facet'
import { check, checkNotAny, type Equal } from '../types/equal.ts'
import type { Find } from './golden/customers.ts'
import type { Entries, entries } from './golden/ledger.ts'
import type { GetOrder, getOrder, placeOrder } from './golden/orders.ts'
import type { LevelOf, levelOf } from './golden/stock.ts'
import type { Open, OpenInput, open, ping } from './golden/tickets.ts'
import type { Search, search } from './golden/vehicles.ts'

checkNotAny<[GetOrder, Input<typeof getOrder>, Input<typeof placeOrder>, LevelOf, Input<typeof levelOf>]>('no any')
checkNotAny<[Find, Entries, Input<typeof entries>, Open, OpenInput, Search, Input<typeof search>]>('no any')

type Order = NonNullable<GetOrder['return']>
check<Equal<Order['id'], bigint>>()
check<Equal<Order['state'], 'new' | 'picked' | 'on its way'>>()
check<Equal<Order['version'], number>>()
check<Equal<Order['due'], string | null | undefined>>()
check<Equal<Order['line'][number]['weight'], number | undefined>>()
check<Equal<Input<typeof getOrder>, { id: bigint }>>()

type Customer = NonNullable<NonNullable<Find['FindResult']>['Customer'][number]>
check<Equal<NonNullable<NonNullable<Customer['Subsidiaries']>['Customer'][number]>['Id'], number>>()
check<Equal<Entries['entriesReturn'][number]['parts'], Entries['entriesReturn'] | null>>()

type Ticket = Open['body']['Ticket']
check<Equal<Ticket['Tree']['Tree'][number]['Tree'][number]['Label'], string>>()
check<Equal<NonNullable<NonNullable<Ticket['Answers']>['Ticket'][number]>['Priority'], 1 | 2 | 3>>()
check<Equal<Extract<Ticket['choice'][number], { name: 'Merged' }>['value']['Big'], bigint>>()
check<Equal<Input<typeof open>, OpenInput>>()
check<Equal<Input<typeof ping>, string>>()

type Vehicle = Search['Vehicle'][number]
check<Equal<Extract<Vehicle['choice'][number], { name: 'Engine' }>['value'], { Number: string; Power: number }>>()
check<Equal<Extract<NonNullable<Vehicle['Note']>['content'][number], string>, string>>()
