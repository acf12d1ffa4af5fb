import type { Build, Declaration } from '../shape.ts'
import type { Plan, PlannedFault } from '../wsdl/plan.ts'
import { block, type Comment, call, keyCode, literal, type Member, quoted } from './code.ts'
import { commentLines, layout } from './layout.ts'
import { type Constant, constantsOf } from './shape-code.ts'

/** What a module says of its backend. */
export interface ModuleHead {
  /** The constant of the backend. */
  readonly constant: string
  readonly backend: string
  readonly variable: string
  readonly version: '1.1' | '1.2'
  readonly comments: readonly Comment[]
}

/** The text of a backend's module: its constants, each after those that it needs, and its operations. */
export function moduleText(build: Build, head: ModuleHead, plans: readonly Plan[]): string {
  const style = plans.every(({ operation }) => operation.style === 'rpc') ? 'rpc' : 'document'
  const constants = constantsOf(plans.flatMap(declarationsOf))
  const body = [
    `const ${head.constant} = ${layout(backendCode(build, head, style), 0, head.constant.length + 9, 0)}\n`,
    ...constants.map(constantText),
    ...plans.map((plan) => operationText(build, head, plan)),
  ].join('\n')
  const output = plans.some(({ output }) => output) ? 'type Output, ' : ''
  const xml = /\bxml\./.test(withoutComments(body)) ? ', xml' : ''
  const imports = `import { env, ${output}soap${xml} } from 'facet'\nimport { z } from 'zod'\n`
  return `${commentLines(head.comments, 0)}${imports}\n${body}`
}

function withoutComments(text: string): string {
  return text.replace(/^ *(\/\/|\/?\*).*$/gm, '')
}

function backendCode(build: Build, { backend, variable, version }: ModuleHead, style: string) {
  const options: Member[] = [
    { key: 'url', value: call('env', quoted(variable)) },
    { key: 'namespace', value: quoted(build.ns) },
  ]
  if (version === '1.2') options.push({ key: 'version', value: quoted(version) })
  if (style === 'rpc') options.push({ key: 'style', value: quoted(style) })
  return call('soap', quoted(backend), block(options))
}

function declarationsOf({ request, requestHeader, output, responseHeader, faults }: Plan): Declaration[] {
  const details = faults.map(({ detail }) => detail)
  return [request, requestHeader, output, responseHeader]
    .filter((declaration) => declaration !== undefined)
    .concat(details)
}

function constantText({ name, comments, code, after }: Constant): string {
  const behind = after === undefined ? '' : ` // ${after}`
  return `${commentLines(comments, 0)}const ${name} = ${layout(code, 0, name.length + 9, 0)}${behind}\n`
}

function operationText(build: Build, { constant }: ModuleHead, plan: Plan): string {
  const { operation, name, alias, output, responseHeader } = plan
  const said: Comment[] = operation.documentation === '' ? [] : [{ kind: 'doc', text: operation.documentation }]
  const code = call(`${constant}.operation`, quoted(operation.name), block(optionsOf(build, plan)))
  const before = `export const ${name} = `
  const type = output || responseHeader ? `export type ${alias} = Output<typeof ${name}>\n` : ''
  return `${headerInput(plan)}${commentLines(said, 0)}${before}${layout(code, 0, before.length, 0)}\n${type}`
}

/** What a caller gives where the request has headers besides its body. */
function headerInput({ input, request, requestHeader }: Plan): string {
  if (!requestHeader) return ''
  return `export interface ${input} {
  readonly header: z.input<typeof ${requestHeader.name}>
  readonly body: z.input<typeof ${request.name}>
}

`
}

function optionsOf(build: Build, plan: Plan): Member[] {
  const { operation, input, label, request, requestHeader, output, responseHeader, faults, comments } = plan
  const hint: Comment = {
    kind: 'remark',
    text: "effect: 'read', if it changes nothing: then it may be cached, retried and shared",
  }
  const options: Member[] = []
  const add = (key: string, value: Member['value'] | undefined) => {
    if (value !== undefined) options.push({ key, value, comments: options.length === 0 ? [...comments, hint] : [] })
  }
  add('name', label && quoted(label))
  add('action', operation.action === `${build.ns}#${operation.name}` ? undefined : quoted(operation.action))
  add('element', nameCode(plan.element, { ns: build.ns, local: operation.name }))
  add('requestHeader', requestHeader?.name)
  add('header', requestHeader && `({ header }: ${input}) => header`)
  add('request', request.name)
  add('input', requestHeader ? `({ body }: ${input}) => body` : `(input: z.input<typeof ${request.name}>) => input`)
  add('responseHeader', responseHeader?.name)
  if (output) add('answer', nameCode(plan.answer, { ns: build.ns, local: undefined }))
  add('output', output?.name)
  add('oneWay', output ? undefined : 'true')
  add('faults', faults.length === 0 ? undefined : faultsCode(faults))
  return options
}

/** A name, or only its namespace. */
interface Known {
  readonly ns: string
  readonly local: string | undefined
}

/** What of a name is not as expected. */
function nameCode({ ns, local }: Known, expected: Known) {
  const name = local === undefined || local === expected.local ? undefined : quoted(local)
  const other = ns === expected.ns ? undefined : quoted(ns)
  return name === undefined && other === undefined ? undefined : literal({ name, ns: other })
}

function faultsCode(faults: readonly PlannedFault[]) {
  const hint: Comment = { kind: 'remark', text: "as: 'resource-unknown' beside a detail makes the fault a 404" }
  return block(
    faults.map(({ key, detail }, at) => ({
      key: keyCode(key),
      value: literal({ detail: detail.name }),
      comments: at === 0 ? [hint] : [],
    })),
  )
}
