/** One parameter of a media type, quoted or not (RFC 9110, section 5.6.6). */
const PARAMETER = /[ \t]*;[ \t]*(?:([^\s;="]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*)))?/y

/** The parameters of a media type by their names in lower case; the first of each counts, as everywhere. */
export function parametersOf(mediaType: string): Readonly<Record<string, string>> {
  const parameters: Record<string, string> = Object.create(null)
  PARAMETER.lastIndex = mediaType.indexOf(';')
  if (PARAMETER.lastIndex < 0) return parameters
  for (let match = PARAMETER.exec(mediaType); match; match = PARAMETER.exec(mediaType)) {
    const [, name, quoted, plain = ''] = match
    if (name) parameters[name.toLowerCase()] ??= quoted?.replace(/\\(.)/g, '$1') ?? plain
  }
  return parameters
}
