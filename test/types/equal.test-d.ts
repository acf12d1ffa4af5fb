// The checks themselves: they must be able to fail.
import { check, checkNotAny, type Equal, type HasAny } from './equal.ts'

// biome-ignore-start lint/suspicious/noExplicitAny: this is what is looked for
check<Equal<{ a: string }, { a: string }>>()
check<Equal<Equal<{ a: string }, { a: number }>, false>>()
check<Equal<Equal<{ a: string }, { a: any }>, false>>()
check<Equal<Equal<{ a: string }, { a?: string }>, false>>()
check<Equal<Equal<{ a: string }, { readonly a: string }>, false>>()
check<Equal<Equal<unknown, any>, false>>()
check<Equal<HasAny<{ a: { b: string | undefined }[] }>, false>>()
check<Equal<HasAny<any>, true>>()
check<Equal<HasAny<{ a: { b: any }[] }>, true>>()
check<Equal<HasAny<{ a?: any }>, true>>()
check<Equal<HasAny<Record<string, any>>, true>>()
check<Equal<HasAny<(a: string) => any>, true>>()
check<Equal<HasAny<(a: any) => string>, true>>()
check<Equal<HasAny<[string, any]>, true>>()
// @ts-expect-error it is false
check<Equal<string, number>>()
// @ts-expect-error it is not known
check<boolean>()
// @ts-expect-error there is one in a part of a union
checkNotAny<{ a: string | { b: any } | undefined }>('no any')
// biome-ignore-end lint/suspicious/noExplicitAny: until here
