import { Agent } from 'node:http'
import { afterAll } from '@jest/globals'
import axios from 'axios'
import { transportContract } from './contract.ts'

transportContract('undici', () => ({}))

// A proxy of the machine that the tests run on is not what is asked.
transportContract('axios', () => ({ client: axios.create({ proxy: false }) }))

const httpAgent = new Agent({ keepAlive: true, maxSockets: 20 })
afterAll(() => httpAgent.destroy())
transportContract('axios, with defaults and interceptors of its own', () => {
  const client = axios.create({
    ...{ proxy: false, httpAgent, timeout: 1, baseURL: 'http://127.0.0.1:9/other', allowAbsoluteUrls: false },
    ...{ maxRedirects: 5, maxContentLength: 1, maxBodyLength: 1, decompress: false, responseType: 'json' },
    ...{ responseEncoding: 'latin1', validateStatus: (status) => status === 200 },
    transformRequest: () => 'replaced',
    transformResponse: () => 'replaced',
  })
  client.interceptors.request.use(async (config) => config)
  client.interceptors.response.use(
    (response) => response,
    (error) => Promise.reject(error),
  )
  return { client }
})
