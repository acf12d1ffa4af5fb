import { z } from 'zod'
import type { Call } from '../call/call.ts'
import { soapDecoder, soapEncoder } from '../codec/soap.ts'
import { isFacetError } from '../errors.ts'
import { functionOption, schemaOption } from '../options.ts'
import { readBody, statusError, validate } from './answer.ts'
import { type Backend, type BackendOptions, defineBackend, defineOperation, type OperationOptions } from './backend.ts'
import type { Written } from './http-operation.ts'
import { checkRequest, compile, operationCall } from './operation-call.ts'
import type { Answer, Outgoing } from './transport.ts'

/** What can be said of a SOAP service. */
export interface SoapOptions extends BackendOptions {
  /** The namespace of its messages: the `targetNamespace` of its schema. */
  readonly namespace: string
}

/** One operation of a SOAP service. */
export interface SoapOperation<I, W extends z.ZodType, S extends z.ZodType> extends OperationOptions<I> {
  /** The wire shape of the request: its key order is the element order. */
  readonly request: W
  /** The request for an input: pure. */
  readonly input: (input: I) => z.input<W>
  /** What the answer's element holds, and what it becomes. */
  readonly output: S
  /** The SOAPAction header, `<namespace>#<operation>` if not said. */
  readonly action?: string
}

/** A SOAP service, ready for operations. */
export interface Soap extends Backend {
  operation<I, W extends z.ZodType, S extends z.ZodType>(
    name: string,
    operation: SoapOperation<I, W, S> & Written<I>,
  ): Call<I, z.output<S>>
}

/**
 * A SOAP 1.1 service, document/literal. SOAP is always POST, so an operation is a `write` unless it says `effect: 'read'`.
 *
 * @example
 * const billing = soap('billing', { url: env('BILLING_URL'), namespace: 'urn:acme:billing:v1', timeout: '2s' })
 * export const invoices = billing.operation('GetInvoices', {
 *   effect: 'read',
 *   request: z.object({ CustomerNo: z.string() }),
 *   input: ({ customer }: { customer: string }) => ({ CustomerNo: customer }),
 *   output: z.object({ Invoice: z.array(z.object({ Number: z.string() })) }),
 * })
 * @throws DefinitionError with the option and its value
 */
export function soap(name: string, options: SoapOptions): Soap {
  const backend = defineBackend(name, options, { namespace: z.string().min(1) })
  return Object.freeze({
    ...backend,
    operation: (operation: string, details: never) => soapCall(backend, options.namespace, operation, details) as never,
  })
}

function soapCall<I>(
  backend: Backend,
  namespace: string,
  operation: string,
  details: SoapOperation<I, z.ZodType, z.ZodType>,
): Call<I, unknown> {
  const { request, input, output, action = `${namespace}#${operation}` } = details
  // A backend's retries are meant for its reads; an operation that does not say that it reads is a write.
  const settings = defineOperation(backend, operation, 'write', details, {
    request: schemaOption,
    input: functionOption(),
    action: z
      .string()
      .regex(/^[\x21\x23-\x7e]*$/, 'a URI was expected')
      .optional(),
  })
  const what = `backend '${backend.name}', operation '${settings.name}'`
  const [encode, decode] = compile(
    what,
    () => [soapEncoder(request, operation, namespace), soapDecoder(output, namespace)] as const,
  )
  const label = `${backend.name} ${settings.name}`
  const read = (answer: Answer): unknown => {
    if (answer.status >= 200 && answer.status <= 299) return validate(label, readBody(label, decode, answer), output)
    // SOAP 1.1 sends Faults with status 500 (section 6.2); anything else that is no envelope is a plain HTTP error.
    try {
      readBody(label, decode, answer)
    } catch (error) {
      if (isFacetError(error) && error.code === 'backend-fault') throw error
    }
    throw statusError(label, answer.status)
  }
  const write = (value: I): Outgoing => {
    const { body, contentType } = encode(checkRequest(request, input(value)))
    const headers = ['accept', 'text/xml', 'content-type', contentType, 'soapaction', `"${action}"`]
    return { method: 'POST', path: '', headers, body }
  }
  return operationCall(settings, write, read)
}
