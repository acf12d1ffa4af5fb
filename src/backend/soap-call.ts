import type { z } from 'zod'
import type { Runtime } from '../call/call.ts'
import { type FaultTable, isReadWith, type SoapElement, soapDecoder, soapEncoder } from '../codec/soap.ts'
import { DefinitionError, isFacetError } from '../errors.ts'
import type { Backend } from './backend.ts'
import { checkRequest, compile, operationCall } from './operation-call.ts'
import { defineOperation, type OperationOptions } from './operation-options.ts'
import { soapAnswerReader } from './soap-answer.ts'
import type { SoapCall, SoapFault, SoapService } from './soap-operation.ts'
import { isAction, operationOptions } from './soap-options.ts'
import { securityOf } from './soap-security.ts'
import type { Outgoing } from './transport.ts'

/** An operation, whatever its types: `Soap.operation` has tied them to each other, in here they are opaque. */
export interface AnyOperation extends OperationOptions<never> {
  readonly request: z.ZodType
  readonly input: (input: never) => unknown
  readonly output?: z.ZodType
  readonly action?: string
  readonly element?: SoapElement
  readonly answer?: SoapElement
  readonly requestHeader?: z.ZodType
  readonly header?: (input: never) => unknown
  readonly responseHeader?: z.ZodType
  readonly faults?: FaultTable
  readonly oneWay?: boolean
}

/**
 * Makes a call of an operation of a SOAP service.
 *
 * @throws DefinitionError with the option and its value
 */
export function soapCall(
  backend: Backend,
  service: SoapService,
  operation: string,
  details: AnyOperation,
): SoapCall<never, unknown, FaultTable> {
  // SOAP is always POST, which tells nothing: an operation that does not say that it reads is a write.
  const settings = defineOperation(backend, operation, 'write', details, operationOptions)
  const what = `backend '${backend.name}', operation '${settings.name}'`
  checkOneWay(what, details)
  const { namespace, version = '1.1', style = 'document', limits, slicedAbove } = service
  const { request, input, output, element, answer, faults = {} } = details
  const { requestHeader, header, responseHeader, action = `${namespace}#${operation}` } = details
  const [encode, decode] = compile(
    what,
    () =>
      [
        soapEncoder({ version, operation, namespace, style, action, body: request, element, header: requestHeader }),
        soapDecoder({
          ...{ version, namespace, body: output, answer, header: responseHeader, faults, limits, slicedAbove },
          encoded: style === 'rpc',
        }),
      ] as const,
  )
  if (!isAction(action))
    throw new DefinitionError(`${what} at 'action' (undefined): a URI was expected, in plain ASCII, unlike '${action}'`)
  const security = securityOf(service.security)
  const write = (value: never, runtime: Runtime): Outgoing => {
    const blocks = requestHeader && header && checkRequest(requestHeader, header(value))
    const { body, contentType } = encode(checkRequest(request, input(value)), blocks, security(runtime))
    const headers = ['accept', ACCEPT, 'content-type', contentType]
    if (version === '1.1') headers.push('soapaction', `"${action}"`)
    return { method: 'POST', path: '', headers, body }
  }
  const read = soapAnswerReader(`${backend.name} ${settings.name}`, decode, details)
  const call = operationCall(settings, write, read, true)
  const faultOf = (error: unknown): SoapFault<FaultTable> | undefined =>
    isFacetError(error) && error.fault && isReadWith(error.fault, faults) ? (error.fault as never) : undefined
  return { ...call, faultOf }
}

const ACCEPT = 'text/xml, application/soap+xml, multipart/related'

/** What an operation says of its answer must go together, and so must what it says of its header. */
function checkOneWay(what: string, { oneWay, output, answer, requestHeader, header }: AnyOperation): void {
  if (oneWay && output)
    throw new DefinitionError(`${what} at 'output' (${output}): an operation that is oneWay has none`)
  if (oneWay && answer)
    throw new DefinitionError(`${what} at 'answer' (${answer}): an operation that is oneWay has none`)
  if (!oneWay && !output)
    throw new DefinitionError(
      `${what} at 'output' (undefined): a zod schema was expected, unless the operation is oneWay`,
    )
  if (requestHeader && !header)
    throw new DefinitionError(
      `${what} at 'header' (undefined): a function was expected, which gives what requestHeader describes`,
    )
  if (header && !requestHeader)
    throw new DefinitionError(
      `${what} at 'requestHeader' (undefined): a zod schema was expected, which describes what header gives`,
    )
}
