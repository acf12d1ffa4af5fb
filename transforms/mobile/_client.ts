import { client } from 'facet'

/** The mobile team's client: little JSON, few sources. */
export const mobile = client('mobile')
