import type { z } from 'zod'
import type { Call } from '../call/call.ts'
import type { FaultTable, SoapElement, SoapVersion } from '../codec/soap.ts'
import type { XmlLimits } from '../codec/xml/index.ts'
import type { OperationOptions } from './operation-options.ts'
import type { SoapSecurity } from './soap-security.ts'

/** What all operations of a SOAP service have in common. */
export interface SoapService {
  /** The namespace of its messages: the `targetNamespace` of its schema. */
  readonly namespace: string
  /** 1.1 if not said. */
  readonly version?: SoapVersion
  /**
   * `document` if not said. In `rpc` an element of the operation's name holds the parts of the message, which are in no
   * namespace, and values that an answer refers to (`href`, rpc/encoded) are put where they are referred to.
   */
  readonly style?: 'document' | 'rpc'
  /** WS-Security: a UsernameToken, a Timestamp, or both. */
  readonly security?: SoapSecurity
  /** What an answer may have. */
  readonly limits?: XmlLimits
  /** Answers of more bytes are read in slices, between which other requests get their turn: 262,144 if not said. */
  readonly slicedAbove?: number
}

/** What an operation sends, and what becomes of Faults. */
export interface SoapMessage<I, W extends z.ZodType, F extends FaultTable, O> extends OperationOptions<I, O> {
  /** The wire shape of the request: its key order is the element order. */
  readonly request: W
  /** The request for an input: pure. */
  readonly input: (input: I) => z.input<W>
  /** The SOAPAction header (1.1) or the `action` of the media type (1.2), `<namespace>#<operation>` if not said. */
  readonly action?: string
  /** The request's element, where it is not the operation's name in the service's namespace. */
  readonly element?: SoapElement
  /** What becomes of Faults, by the name of the element in their detail or of their code; any other is `backend-fault`. */
  readonly faults?: F
}

/** Header blocks that an operation sends: the shape of them, and their value for an input. */
export type SoapHeader<I, H extends z.ZodType> =
  | { readonly requestHeader?: undefined; readonly header?: undefined }
  | {
      /** The wire shape of header blocks: each property is one. */
      readonly requestHeader: H
      /** The header blocks for an input: pure. */
      readonly header: (input: I) => z.input<H>
    }

/** An operation that is answered. */
export interface SoapAnswered<S extends z.ZodType, A extends z.ZodType | undefined> {
  /** What the answer's element holds, and what it becomes. */
  readonly output: S
  /** The answer's element: any one in the service's namespace if not said. */
  readonly answer?: SoapElement
  /** What is read of the answer's header; the call then answers `{ body, header }`. */
  readonly responseHeader?: A
  readonly oneWay?: false
}

/** An operation whose answer, if one comes at all, says no more than that the message is there. */
export interface SoapOneWay<A extends z.ZodType | undefined> {
  readonly oneWay: true
  readonly output?: undefined
  readonly answer?: undefined
  readonly responseHeader?: A
}

/** What a call answers. */
export type SoapOutput<S extends z.ZodType, A extends z.ZodType | undefined> = A extends z.ZodType
  ? { readonly body: z.output<S>; readonly header: z.output<A> }
  : z.output<S>

/** A call of a SOAP service. */
export interface SoapCall<I, O, F extends FaultTable> extends Call<I, O> {
  /**
   * The Fault that an error is, with the type of its detail; undefined for an error that is no Fault of this operation's.
   *
   * @example optional(invoices).recover((error) => invoices.faultOf(error)?.name === 'UnknownCustomer' ? [] : undefined)
   */
  faultOf(error: unknown): SoapFault<F> | undefined
}

/** A Fault of one operation: the name says which of its `faults` it is. */
export type SoapFault<F extends FaultTable> =
  | { [K in keyof F & string]: NamedFault<K, DetailOf<F[K]>> }[keyof F & string]
  | NamedFault<undefined, undefined>

interface NamedFault<N, D> {
  readonly name: N
  readonly codes: readonly string[]
  /** Undefined also for a detail that is not what was declared. */
  readonly detail: D
}

type DetailOf<R> = R extends { readonly detail: infer D extends z.ZodType } ? z.output<D> | undefined : undefined
