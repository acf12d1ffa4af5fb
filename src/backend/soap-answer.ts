import type { z } from 'zod'
import type { SoapContent, SoapDecode } from '../codec/soap.ts'
import { type ErrorCode, type FacetError, isFacetError } from '../errors.ts'
import type { CancelToken } from '../lib/cancel.ts'
import { type ReadAnswer, readBody, statusError } from './answer.ts'
import { AnswerCheck } from './answer-check.ts'
import type { Answer } from './transport.ts'

/** What an operation says of its answers. */
export interface SoapAnswers {
  readonly output?: z.ZodType
  readonly responseHeader?: z.ZodType
  readonly oneWay?: boolean
}

/**
 * Reads answers of one operation: envelope and status, then the declared schemas.
 *
 * @throws FacetError what a Fault is, on whatever status; `backend-status`, `backend-malformed`, `backend-shape`
 */
export function soapAnswerReader(what: string, decode: SoapDecode, answers: SoapAnswers): ReadAnswer {
  const { output, responseHeader, oneWay = false } = answers
  const inBody = output && new AnswerCheck(what, output)
  const inHeader = responseHeader && new AnswerCheck(`${what}, in the header`, responseHeader)
  const answerOf = (body: unknown, header: unknown): unknown =>
    inHeader ? { body, header: inHeader.whole(header) } : body
  const check = ({ body, header }: SoapContent): unknown => answerOf(inBody?.whole(body), header)
  const checkLarge = async ({ body, header }: SoapContent, token: CancelToken): Promise<unknown> =>
    answerOf(await inBody?.inSlices(body, token), header)
  return (answer, token) => {
    if (answer.status < 200 || answer.status > 299) return refusal(what, decode, answer, token)
    if (oneWay) return acknowledgement(what, decode, answer, token).then(check)
    const content = readBody(what, decode, answer, token) as SoapContent | Promise<SoapContent>
    return content instanceof Promise ? content.then((large) => checkLarge(large, token)) : check(content)
  }
}

/** Faults come with status 500, or 400 (SOAP 1.1, section 6.2; 1.2 part 2, 7.5.2.2); what is no Fault is a plain HTTP error. */
async function refusal(what: string, decode: SoapDecode, answer: Answer, token: CancelToken): Promise<never> {
  try {
    await readBody(what, decode, answer, token)
  } catch (error) {
    if (!isUnreadable(error)) throw error
  }
  throw statusError(what, answer)
}

/** What comes for a message that wants no answer: nothing, or an envelope; with 202 anything but a Fault. */
async function acknowledgement(
  what: string,
  decode: SoapDecode,
  answer: Answer,
  token: CancelToken,
): Promise<SoapContent> {
  // Some servers say text/html of nothing.
  if (answer.body.length === 0) return decode(NOTHING, undefined)
  try {
    return (await readBody(what, decode, answer, token)) as SoapContent
  } catch (error) {
    if (answer.status === 202 && isUnreadable(error)) return decode(NOTHING, undefined)
    throw error
  }
}

const NOTHING = Buffer.alloc(0)

const UNREADABLE: ReadonlySet<ErrorCode> = new Set(['backend-malformed', 'backend-shape'])

/** Whether an answer was none, as opposed to a Fault, or to a request that was given up. */
function isUnreadable(error: unknown): error is FacetError {
  return isFacetError(error) && error.fault === undefined && UNREADABLE.has(error.code)
}
