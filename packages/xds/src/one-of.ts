/** An object with exactly one of the members of `T`; a plain union of object types would let two through. */
export type OneOf<T> = {
  [K in keyof T]: { readonly [P in K]: T[P] } & { readonly [P in Exclude<keyof T, K>]?: never };
}[keyof T];

/** A duration as proto JSON writes it: `"1.5s"`. */
export type Seconds = `${number}s`;
