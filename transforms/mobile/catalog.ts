import catalog from '../../routes/catalog.ts'
import { mobile } from './_client.ts'

/** Rows instead of objects: a third of the bytes. */
export default mobile.transform(catalog, ({ items }) => items.map(({ sku, title, price }) => [sku, title, price]))
