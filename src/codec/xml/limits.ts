/** What a document may have: each bound is settable for a backend, and what goes beyond one is refused. */
export interface XmlLimits {
  /** Elements within each other, 512 if not said. */
  readonly depth?: number
  /** Attributes of one element, namespace declarations among them, 256 if not said. */
  readonly attributes?: number
  /** Elements in all, 1,000,000 if not said. */
  readonly elements?: number
  /** Bytes of one name, and characters of one namespace, 1,024 if not said. */
  readonly nameLength?: number
  /** Whether there may be a DOCTYPE, which is checked and never followed: true if not said, and never in SOAP. */
  readonly doctype?: boolean
}

export const DEFAULT_LIMITS: Required<XmlLimits> = Object.freeze({
  depth: 512,
  attributes: 256,
  elements: 1_000_000,
  nameLength: 1_024,
  doctype: true,
})

/** The limits that hold: what is not said is the default. */
export function limitsOf(said: XmlLimits): Required<XmlLimits> {
  const {
    depth = DEFAULT_LIMITS.depth,
    attributes = DEFAULT_LIMITS.attributes,
    elements = DEFAULT_LIMITS.elements,
    nameLength = DEFAULT_LIMITS.nameLength,
    doctype = DEFAULT_LIMITS.doctype,
  } = said
  return { depth, attributes, elements, nameLength, doctype }
}

/** Where in a document something is, both counted from one: lines, and characters in the line. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** A document that is not well-formed (XML 1.0, fifth edition; Namespaces in XML 1.0), or that is refused for safety's sake. */
export class XmlSyntaxError extends SyntaxError {
  readonly position: Position
  /** What is wrong, without the place. */
  readonly reason: string

  constructor(reason: string, position: Position) {
    super(`line ${position.line}, column ${position.column}: ${reason}`)
    this.name = 'XmlSyntaxError'
    this.reason = reason
    this.position = position
  }
}

/** A document beyond the limits. */
export class XmlLimitError extends RangeError {
  readonly position: Position

  constructor(reason: string, position: Position) {
    super(`line ${position.line}, column ${position.column}: ${reason}`)
    this.name = 'XmlLimitError'
    this.position = position
  }
}

/** A document that is well-formed but is not what the schema describes. */
export class ShapeError extends TypeError {
  /** Where in the value, in the schema's words. */
  readonly path: readonly (string | number)[]
  /** What is wrong, without the place. */
  readonly reason: string

  constructor(path: readonly (string | number)[], reason: string) {
    super(`${path.length === 0 ? 'the document' : path.join('.')}: ${reason}`)
    this.name = 'ShapeError'
    this.path = path
    this.reason = reason
  }
}
