/** Documents of the suite that Facet does not take as the suite expects, by their id, and why that stays so. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {}
