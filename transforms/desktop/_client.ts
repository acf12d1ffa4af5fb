import { client } from 'facet'

/** The desktop team's client: XML, which its grid component reads. */
export const desktop = client('desktop', { format: 'xml' })
