import { readFile, stat } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { request } from 'undici'
import { type Element, readDocument } from '../codec/xml/index.ts'
import { ImportError } from './import-error.ts'

/** What an import may read; nobody's service description comes near it. */
export const BOUNDS = {
  /** Bytes of one document. */
  bytes: 16 * 1024 * 1024,
  /** Bytes of all documents. */
  total: 128 * 1024 * 1024,
  /** Documents in all. */
  count: 500,
  /** Milliseconds for one document over the network, redirects included. */
  time: 20_000,
  redirects: 5,
} as const

/** A document that was read. */
export interface XmlDocument {
  /** An absolute path, or a URL: what relative references in it begin at. */
  readonly location: string
  readonly root: Element
}

/** The documents of one import, each read once. */
export interface Documents {
  /**
   * Reads what a reference leads to.
   *
   * @param from the location of the document that it stands in; none for what was typed
   * @throws ImportError with the location, for what cannot be read, is too large, or is no well-formed XML
   */
  read(reference: string, from?: string): Promise<XmlDocument>
}

export function createDocuments(): Documents {
  const documents = new Map<string, Promise<XmlDocument>>()
  let total = 0
  return {
    read(reference, from) {
      const location = locate(reference, from)
      const known = documents.get(location)
      if (known) return known
      if (documents.size >= BOUNDS.count)
        throw new ImportError(`more than ${BOUNDS.count} documents; the last is ${location}`)
      const document = load(location, (bytes) => {
        total += bytes
        if (total > BOUNDS.total) throw new ImportError(`the documents have more than ${BOUNDS.total} bytes in all`)
      })
      documents.set(location, document)
      return document
    },
  }
}

/** A location as it is spoken of: a path from where the command runs, or the URL. */
export function spokenOf(location: string): string {
  return isUrl(location) ? location : relative('', location) || location
}

function isUrl(text: string): boolean {
  return /^https?:/i.test(text)
}

/** Where a reference leads. What came over the network never leads to a file. */
function locate(reference: string, from: string | undefined): string {
  const text = reference.trim()
  const fromWeb = from !== undefined && isUrl(from)
  const at = from === undefined ? '' : `${spokenOf(from)}: `
  const isWindowsPath = /^[a-z]:[\\/]/i.test(text)
  const [, scheme] = isWindowsPath ? [] : (/^([a-z][a-z\d+.-]*):/i.exec(text) ?? [])
  if (fromWeb || isUrl(text)) {
    const base = fromWeb ? from : undefined
    if (!URL.canParse(text, base)) throw new ImportError(`${at}'${text}' is no URL`)
    const url = new URL(text, base)
    if (!isUrl(url.href)) throw new ImportError(`${at}refers to ${text}, which a document from the network may not`)
    if (url.username !== '' || url.password !== '')
      throw new ImportError(`${at}a URL with a name and a password in it is not read; fetch the document into a file`)
    url.hash = ''
    return url.href
  }
  if (scheme !== undefined && scheme.toLowerCase() !== 'file')
    throw new ImportError(`${at}${text} is neither a file nor an http URL`)
  try {
    if (scheme !== undefined) return fileURLToPath(text)
    // A reference is a URI, what was typed is a path.
    return from === undefined ? resolve(text) : resolve(dirname(from), decodeURI(text.replace(/#.*$/, '')))
  } catch (cause) {
    throw new ImportError(`${at}'${text}' is no path of a file`, cause)
  }
}

async function load(location: string, count: (bytes: number) => void): Promise<XmlDocument> {
  const spoken = spokenOf(location)
  const { bytes, contentType, end } = isUrl(location) ? await fetched(location) : await fromFile(location)
  count(bytes.length)
  try {
    return { location: end, root: readDocument(bytes, contentType) }
  } catch (cause) {
    // What is said of an answer is true of a file as well.
    const reason = (cause instanceof Error ? cause.message : String(cause)).replace(/^the answer is /, 'it is ')
    throw new ImportError(`${spoken} cannot be read as XML: ${reason}`, cause)
  }
}

interface Loaded {
  readonly bytes: Buffer
  readonly contentType: string | undefined
  /** Where it was in the end, after redirects. */
  readonly end: string
}

async function fromFile(path: string): Promise<Loaded> {
  const spoken = spokenOf(path)
  try {
    const { size } = await stat(path)
    if (size > BOUNDS.bytes) throw new ImportError(`${spoken} has more than ${BOUNDS.bytes} bytes`)
    return { bytes: await readFile(path), contentType: undefined, end: path }
  } catch (cause) {
    if (cause instanceof ImportError) throw cause
    const { code } = cause as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : `${code}`
    throw new ImportError(`${spoken} cannot be read: ${reason}`, cause)
  }
}

async function fetched(url: string): Promise<Loaded> {
  const signal = AbortSignal.timeout(BOUNDS.time)
  let at = url
  try {
    for (let hops = 0; hops <= BOUNDS.redirects; hops++) {
      const { statusCode, headers, body } = await request(at, {
        signal,
        // One request a connection, so that none is left open when the program ends.
        reset: true,
        headers: { accept: 'text/xml, application/xml, application/wsdl+xml, */*;q=0.1' },
      })
      const { location } = headers
      if (statusCode >= 300 && statusCode <= 399 && typeof location === 'string') {
        await body.dump()
        at = locate(location, at)
        continue
      }
      if (statusCode !== 200) {
        await body.dump()
        throw new ImportError(`${url} answered with status ${statusCode}`)
      }
      const type = headers['content-type']
      return { bytes: await bounded(body, url), contentType: typeof type === 'string' ? type : undefined, end: at }
    }
  } catch (cause) {
    if (cause instanceof ImportError) throw cause
    const { name, message } = cause as Error
    const reason = name === 'TimeoutError' ? `no answer within ${BOUNDS.time / 1000} s` : message || name
    throw new ImportError(`${url} cannot be fetched: ${reason}`, cause)
  }
  throw new ImportError(`${url} leads through more than ${BOUNDS.redirects} redirects`)
}

async function bounded(body: AsyncIterable<Buffer>, url: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > BOUNDS.bytes) throw new ImportError(`${url} has more than ${BOUNDS.bytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
