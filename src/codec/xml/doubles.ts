import { type Field, unsupported } from './shape.ts'

/**
 * Refuses an object in which two properties stand in the same place of the XML: the second would never be filled.
 *
 * @throws TypeError with the path of the second
 */
export function refuseDoubles(fields: readonly Field[], path: string): void {
  const seen = new Map<string, string>()
  for (const field of fields) {
    for (const place of placesOf(field)) {
      const other = seen.get(place)
      const at = path === '' ? field.key : `${path}.${field.key}`
      if (other !== undefined) throw unsupported(at, `stands in the same place of the XML as '${other}'`)
      seen.set(place, field.key)
    }
  }
}

function placesOf(field: Field): string[] {
  switch (field.place) {
    case 'text':
      return ['text']
    case 'attribute':
      return [`@${field.local} ${field.ns ?? ''}`]
    case 'element':
      return [nameOf(field)]
    case 'choice':
      return [...field.options.map(nameOf), ...(field.mixed ? ['text'] : [])]
  }
}

function nameOf({ local, ns = '' }: Pick<Field, 'local' | 'ns'>): string {
  return `${local} ${ns}`
}
