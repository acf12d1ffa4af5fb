/**
 * What Facet uses of an axios instance. It is said here and not imported, so that nobody needs axios who brings none.
 *
 * @example rest('crm', { url: env('CRM_URL'), client: axios.create({ httpsAgent }) })
 */
export interface HttpClient {
  /**
   * @param config an `AxiosRequestConfig`
   * @returns an `AxiosResponse`; it is checked, since an interceptor may make anything of it
   */
  request(config: object): Promise<unknown>
  readonly interceptors: { readonly request: object; readonly response: object }
}

/** Whether something is an axios instance, of whatever version or copy of axios, or an object around one. */
export function isHttpClient(value: unknown): value is HttpClient {
  if (typeof value !== 'function' && typeof value !== 'object') return false
  const { request, interceptors } = (value ?? {}) as Partial<HttpClient>
  return typeof request === 'function' && Boolean(interceptors?.request && interceptors.response)
}
