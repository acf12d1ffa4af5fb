import type { Element } from '../../codec/xml/index.ts'
import { ImportError } from '../import-error.ts'
import { attribute, child, WSDL } from '../qname.ts'
import type { Definition, Wsdl } from './definitions.ts'

/** The namespaces of the SOAP bindings (WSDL 1.1, section 3; its binding extension for SOAP 1.2). */
const BINDINGS = {
  '1.1': 'http://schemas.xmlsoap.org/wsdl/soap/',
  '1.2': 'http://schemas.xmlsoap.org/wsdl/soap12/',
} as const
const HTTP = /^(http:\/\/schemas\.xmlsoap\.org\/soap\/http|http:\/\/www\.w3\.org\/2003\/05\/soap\/bindings\/HTTP\/?)$/

/** Where a service is reached, and how. */
export interface Port {
  /** The port's name; the binding's where there is no service. */
  readonly name: string
  readonly service: string | undefined
  readonly version: '1.1' | '1.2'
  readonly binding: Definition
  readonly portType: Definition
  /** Where the WSDL says that it is. */
  readonly address: string | undefined
  /** The namespace of the binding's extension elements. */
  readonly soap: string
}

/**
 * The port to use: the one that is named, or the first for SOAP 1.1, or the first for SOAP 1.2.
 *
 * @throws ImportError that lists the ports, if there is none of that name or none for SOAP over HTTP
 */
export function choosePort(wsdl: Wsdl, wanted: string | undefined): { port: Port; others: readonly Port[] } {
  const ports = portsOf(wsdl)
  const names = ports.map(({ name }) => name).join(', ')
  if (ports.length === 0) throw new ImportError('the WSDL has no SOAP binding over HTTP')
  const port =
    wanted === undefined
      ? (ports.find(({ version }) => version === '1.1') ?? ports[0])
      : ports.find(({ name }) => name === wanted)
  if (!port) throw new ImportError(`there is no SOAP port '${wanted}'; there is ${names}`)
  return { port, others: ports.filter((other) => other !== port) }
}

function portsOf(wsdl: Wsdl): Port[] {
  const served = wsdl.all('service').flatMap((service) =>
    service.node.children('port', WSDL).flatMap((node) => {
      const name = attribute(node, 'name') ?? ''
      const binding = wsdl.named('binding', node, 'binding', `port ${name}`)
      return portOf(wsdl, binding, name, service.name.local, node) ?? []
    }),
  )
  if (served.length > 0) return served
  return wsdl.all('binding').flatMap((binding) => portOf(wsdl, binding, binding.name.local, undefined, undefined) ?? [])
}

function portOf(
  wsdl: Wsdl,
  binding: Definition,
  name: string,
  service: string | undefined,
  node: Element | undefined,
): Port | undefined {
  for (const version of ['1.1', '1.2'] as const) {
    const soap = BINDINGS[version]
    const extension = child(binding.node, 'binding', soap)
    if (!extension || !HTTP.test(attribute(extension, 'transport')?.trim() ?? 'http://schemas.xmlsoap.org/soap/http'))
      continue
    const address = node && child(node, 'address', soap)
    return {
      ...{ name, service, version, binding, soap },
      portType: wsdl.named('portType', binding.node, 'type', `binding ${binding.name.local}`),
      address: address && attribute(address, 'location')?.trim(),
    }
  }
  return undefined
}
