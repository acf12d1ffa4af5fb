import { z } from 'zod'
import { isXmlName } from '../codec/xml/index.ts'
import { CODES } from '../errors.ts'
import { durationOption, functionOption, schemaOption } from '../options.ts'
import { environmentOr } from './backend.ts'
import { limitsOption, slicedAboveOption } from './xml-options.ts'

const elementOption = z.strictObject({
  name: z.string().refine(isXmlName, 'the name of an XML element was expected').optional(),
  ns: z.string().optional(),
})

const isPlain = (value: unknown) => typeof value !== 'string' || !/\p{Cc}/u.test(value)

/** Its parts are never shown: with the value of the whole no message tells a password. */
const securityOption = z
  .strictObject({
    username: environmentOr(z.string().min(1)).optional(),
    password: environmentOr(z.string()).optional(),
    digest: z.boolean().optional(),
    timestamp: durationOption.optional(),
  })
  .refine(
    ({ username, timestamp }) => username !== undefined || timestamp !== undefined,
    'a username or a timestamp was expected',
  )
  .refine(
    ({ username, password }) => (username === undefined) === (password === undefined),
    'a username and a password go together',
  )
  .refine(({ username, digest }) => username !== undefined || digest === undefined, 'a digest is of a password')
  .refine(
    ({ username, password }) => isPlain(username) && isPlain(password),
    'credentials without control characters were expected, since no message can carry those',
  )

/** What a SOAP service takes besides what every backend takes. */
export const soapOptions: z.ZodRawShape = {
  namespace: z.string().min(1),
  version: z.enum(['1.1', '1.2']).optional(),
  style: z.enum(['document', 'rpc']).optional(),
  security: securityOption.optional(),
  limits: limitsOption.optional(),
  slicedAbove: slicedAboveOption.optional(),
}

const faultOption = z.strictObject({
  as: z.enum(CODES).optional(),
  status: z.number().int().min(400).max(599).optional(),
  detail: schemaOption.optional(),
  ns: z.string().optional(),
})

/** What stands between quotes in a header; an address with other characters is written with them escaped. */
const actionOption = z.string().regex(/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/, 'a URI was expected, in plain ASCII')

/** What one of its operations takes besides what every operation takes. */
export const operationOptions: z.ZodRawShape = {
  request: schemaOption,
  output: schemaOption.optional(),
  input: functionOption(),
  action: actionOption.optional(),
  element: elementOption.optional(),
  answer: elementOption.optional(),
  requestHeader: schemaOption.optional(),
  header: functionOption().optional(),
  responseHeader: schemaOption.optional(),
  faults: z.record(z.string().min(1), faultOption).optional(),
  oneWay: z.boolean().optional(),
}

/** Whether the operation's action can be sent if it is what namespace and operation say. */
export function isAction(action: string): boolean {
  return actionOption.safeParse(action).success
}
