import { keyOf } from '../qname.ts'
import type { Field } from '../shape.ts'
import { alternate, choiceField, follow, type Say } from './combine.ts'
import type { GroupParticle, Occurs, Particle } from './particles.ts'

/**
 * A content model as the properties of one object, in the order in which they are written. What repeats as a whole is a list
 * of choices; of alternatives each is optional.
 *
 * @param isOptional whether all of it may be missing
 */
export function flatten(particles: readonly Particle[], say: Say, isOptional = false): readonly Field[] {
  return particles.reduce<readonly Field[]>(
    (fields, particle) => follow(fields, fieldsOf(particle, say, isOptional), say),
    [],
  )
}

/** Every element of a content model, once each, whatever its place and number. */
export function leavesOf(particles: readonly Particle[]): Field[] {
  const leaves = new Map<string, Field>()
  const visit = (particle: Particle): void => {
    if (particle.kind === 'group') particle.parts.forEach(visit)
    if (particle.kind !== 'field') return
    const { field } = particle
    const key = keyOf(field.name)
    if (!leaves.has(key)) leaves.set(key, { ...field, min: 1, max: 1 })
  }
  particles.forEach(visit)
  return [...leaves.values()]
}

function fieldsOf(particle: Particle, say: Say, isOptional: boolean): readonly Field[] {
  if (particle.kind === 'remark') return []
  if (particle.kind === 'field') return [particle.field]
  const leaves = leavesOf(particle.parts)
  const [only] = leaves
  if (particle.max > 1) {
    if (leaves.length > 1) return [repeated(particle, leaves)]
    return only ? [{ ...only, ...occurrences(particle) }] : []
  }
  const isMissable = isOptional || particle.min === 0
  if (particle.isChoice) return alternatives(particle, say, isMissable)
  const fields = flatten(particle.parts, say, isMissable)
  if (particle.min > 0) return fields
  const needed = fields.filter(({ min }) => min > 0)
  const optional = fields.map((field) => ({ ...field, min: 0 }))
  return needed.length < 2 ? optional : said(optional, `all or none of ${namesOf(needed)}`)
}

/** How often the one element of a group may occur, over all its parts. */
function occurrences(particle: Particle): Occurs {
  if (particle.kind === 'remark') return { min: 0, max: 0 }
  if (particle.kind === 'field') return { min: particle.field.min, max: particle.field.max }
  if (particle.parts.length === 0 || particle.max === 0) return { min: 0, max: 0 }
  const parts = particle.parts.map(occurrences)
  const [mins, maxs] = [parts.map(({ min }) => min), parts.map(({ max }) => max)]
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
  const min = particle.isChoice ? Math.min(...mins) : sum(mins)
  const max = particle.isChoice ? Math.max(...maxs) : sum(maxs)
  return { min: particle.min * min, max: max === 0 ? 0 : particle.max * max }
}

function repeated({ isChoice, min, max }: GroupParticle, options: readonly Field[]): Field {
  const often = max === Number.POSITIVE_INFINITY ? (min === 0 ? 'any number' : `${min} or more`) : `${min} to ${max}`
  const names = namesOf(options)
  const times = often === 'any number' ? 'any number of' : often
  const text = isChoice ? `${often} of ${names}, in any order` : `${times} times, in this order: ${names}`
  return { ...choiceField('choice', 'choice', options), min: Math.min(min, 1), comments: [{ kind: 'remark', text }] }
}

function alternatives({ parts }: GroupParticle, say: Say, isOptional: boolean): readonly Field[] {
  const all = parts.map((part) => fieldsOf(part, say, isOptional))
  const given = all.filter((fields) => fields.length > 0)
  const [first] = given
  if (!first) return []
  // An alternative without fields is nothing, or something that cannot be expressed.
  const isEmptiable = isOptional || all.some((fields) => fields.every((field) => field.min === 0))
  if (all.length === 1 && !isOptional) return first
  const fields = given.reduce(alternate, [])
  if (given.length === 1) return fields
  const names = given.map((fields) => (fields.length === 1 ? namesOf(fields) : `(${namesOf(fields)})`)).join(', ')
  return said(fields, `${isEmptiable ? 'at most' : 'exactly'} one of ${names}`)
}

function said(fields: readonly Field[], text: string): readonly Field[] {
  const [first, ...rest] = fields
  if (!first) return fields
  // Before what is said of the first one itself.
  return [{ ...first, comments: [{ kind: 'remark', text }, ...first.comments] }, ...rest]
}

function namesOf(fields: readonly Field[]): string {
  return fields.map(({ name, place, options }) => (place === 'choice' ? namesOf(options ?? []) : name.local)).join(', ')
}
