/** Whether two types are the same: `any` and `unknown`, readonly and optional properties are told apart. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Whether there is an `any` in a type, in any depth: in properties, lists, parameters and results. */
export type HasAny<T, Depth extends 1[] = []> = 0 extends 1 & T
  ? true
  : Depth['length'] extends 6
    ? false
    : T extends string | number | bigint | boolean | symbol | null | undefined | Date
      ? false
      : T extends (...parameters: infer P) => infer R
        ? HasAny<P, [...Depth, 1]> | HasAny<R, [...Depth, 1]> extends false
          ? false
          : true
        : T extends readonly (infer E)[]
          ? HasAny<E, [...Depth, 1]>
          : true extends { [K in keyof T]-?: HasAny<T[K], [...Depth, 1]> }[keyof T]
            ? true
            : false

/** Compiles only for `true`. */
export const check = <T extends true>(_?: T): void => {}

/** Compiles only for a type that has no `any` in it. */
export const checkNotAny = <T>(_: HasAny<T> extends false ? 'no any' : 'there is an any in it'): void => {}
