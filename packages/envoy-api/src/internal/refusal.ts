/** Thrown by the fast paths where a value is not plainly right; the checking walk then says what is wrong and where. */
export const refusal: unique symbol = Symbol("refusal");

export function refuse(): never {
  throw refusal;
}

/** Messages inside messages, and values of google.protobuf.Value inside each other; protobuf's own limit. */
export const deepestNesting = 100;
