import { Parser } from 'xml2js'

/** A document as xml2js reads it, strictly and with namespaces; throws what it says where that is not well-formed. */
// biome-ignore lint/suspicious/noExplicitAny: a test says what it expects by comparing
export function reread(text: string, xmlns = false): any {
  const parser = new Parser({ xmlns, explicitArray: false, attrkey: '@', charkey: '#' })
  let read: unknown
  let failure: unknown
  parser.on('end', (result) => {
    read = result
  })
  parser.on('error', (error) => {
    failure ??= error
  })
  parser.parseString(text)
  if (failure !== undefined) throw failure
  return read
}
