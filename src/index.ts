/**
 * The public surface of Facet: what routes, transforms and apps are written with.
 *
 * @packageDocumentation
 */
export { type App, type AppOptions, app } from './app.ts'
export { rest } from './backend/rest.ts'
export { soap } from './backend/soap.ts'
export { xml } from './backend/xml.ts'
export { batch } from './call/batch.ts'
export type { Call, Input, Output } from './call/call.ts'
export { each } from './call/each.ts'
export { optional } from './call/optional.ts'
export { env, readConfig } from './config.ts'
export { client, maybe } from './endpoint/client.ts'
export { type Data, endpoint } from './endpoint/endpoint.ts'
export type { ProxiedRequest } from './endpoint/proxied-request.ts'
export { type ProxyOptions, proxy } from './endpoint/proxy.ts'
export type { ProxiedMessage, ProxiedResponse } from './endpoint/proxy-transform-options.ts'
export { type ErrorCode, FacetError } from './errors.ts'
