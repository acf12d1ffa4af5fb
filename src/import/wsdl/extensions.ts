import { attribute, WSDL } from '../qname.ts'
import type { Port } from './port.ts'

/** What a binding asks for that is not SOAP itself: policies, and extensions that it calls required (WSDL 1.1, section 2.1.3). */
export function unreadExtensions({ binding, portType, soap }: Port): string[] {
  const elements = [binding.node, portType.node].flatMap((node) => [node, ...node.all()]).flatMap((node) => node.all())
  const foreign = elements.filter(({ ns }) => ns !== WSDL && ns !== soap)
  const isPolicy = (ns: string) => /policy/i.test(ns)
  const required = foreign.filter(
    (node) => !isPolicy(node.ns) && /^(true|1)$/.test(node.attribute('required', WSDL) ?? ''),
  )
  const said = required.map(({ ns, local }) => `${local} (${ns}) is required by the binding, and is not read`)
  const refers = [binding.node, portType.node].some((node) => attribute(node, 'PolicyURIs') !== undefined)
  if (refers || foreign.some(({ ns }) => isPolicy(ns)))
    said.unshift(
      'the binding has a policy (WS-Policy), which is not read: it may ask for a token, a signature or addressing',
    )
  return [...new Set(said)]
}
