import type { z } from 'zod'
import type { FaultTable } from '../codec/soap.ts'
import { type Backend, type BackendOptions, defineBackend } from './backend.ts'
import type { Written } from './http-operation.ts'
import { soapCall } from './soap-call.ts'
import type {
  SoapAnswered,
  SoapCall,
  SoapHeader,
  SoapMessage,
  SoapOneWay,
  SoapOutput,
  SoapService,
} from './soap-operation.ts'
import { soapOptions } from './soap-options.ts'
import { secretsOf } from './soap-security.ts'

/** What can be said of a SOAP service. */
export interface SoapOptions extends BackendOptions, SoapService {}

/** A SOAP service, ready for operations. */
export interface Soap extends Backend {
  operation<
    I,
    W extends z.ZodType,
    S extends z.ZodType = z.ZodUndefined,
    A extends z.ZodType | undefined = undefined,
    H extends z.ZodType = z.ZodType,
    F extends FaultTable = Record<never, never>,
  >(
    name: string,
    operation: SoapMessage<I, W, F, SoapOutput<S, A>> &
      SoapHeader<I, H> &
      (SoapAnswered<S, A> | SoapOneWay<A>) &
      Written<I>,
  ): SoapCall<I, SoapOutput<S, A>, F>
}

/**
 * A SOAP service. SOAP is always POST, so an operation is a `write` unless it says `effect: 'read'`.
 *
 * @example
 * const billing = soap('billing', { url: env('BILLING_URL'), namespace: 'urn:acme:billing:v1', timeout: '2s' })
 * export const invoices = billing.operation('GetInvoices', {
 *   effect: 'read',
 *   request: z.object({ CustomerNo: z.string() }),
 *   input: ({ customer }: { customer: string }) => ({ CustomerNo: customer }),
 *   output: z.object({ Invoice: z.array(z.object({ Number: z.string() })) }),
 *   faults: { UnknownCustomer: { as: 'resource-unknown' } },
 * })
 * @throws DefinitionError with the option and its value
 */
export function soap(name: string, options: SoapOptions): Soap {
  const defined = defineBackend(name, options, soapOptions)
  const backend: Backend = Object.freeze({ ...defined, secrets: secretsOf(options.security) })
  return Object.freeze({
    ...backend,
    operation: (operation: string, details: never) => soapCall(backend, options, operation, details) as never,
  })
}
