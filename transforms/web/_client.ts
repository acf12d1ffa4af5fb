import { client } from 'facet'

/** The web team's client: full JSON, and the one that is meant when nothing says which. */
export const web = client('web', { default: true })
