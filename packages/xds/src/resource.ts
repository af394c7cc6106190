import { type Codec, defaultCodec, type JsonOf } from "@netmason/envoy-api/codec";
import { formatHash, hashBytes } from "./internal/content-hash.js";
import type { ResourceJson, ResourceRef, TypeUrl } from "./type-urls.js";

/** One encoded resource. Caches hold these and servers send them; they are never encoded again. */
export interface Resource<U extends TypeUrl = TypeUrl> extends ResourceRef<U> {
  /** Of the bytes: equal bytes have an equal version, also after a restart. */
  readonly version: string;
  /** The message, without the header of an Any. Not to be changed. */
  readonly bytes: Uint8Array;
  /** What this one needs, in document order. */
  readonly refs: readonly ResourceRef[];
  readonly aliases?: readonly string[];
  readonly ttlMs?: number;
}

/** A resource given by hand: of an own type URL, with aliases or a time to live, or as bytes from elsewhere. */
export type NamedResource<U extends TypeUrl = TypeUrl> = ResourceRef<U> & {
  readonly refs?: readonly ResourceRef[];
  readonly aliases?: readonly string[];
  readonly ttlMs?: number;
} & ({ readonly body: ResourceJson<U> } | { readonly bytes: Uint8Array });

/**
 * Encodes a resource given by hand.
 *
 * @throws EnvoyApiError of `@netmason/envoy-api` when `body` cannot be encoded
 * @category Snapshots
 */
export function encodeResource<U extends TypeUrl>(
  resource: NamedResource<U>,
  options: { readonly codec?: Codec } = {},
): Resource<U> {
  const { typeUrl, name, refs = [], aliases, ttlMs } = resource;
  const bytes =
    "bytes" in resource
      ? resource.bytes
      : (options.codec ?? defaultCodec()).encode(typeUrl, resource.body as JsonOf<U>);
  return Object.freeze({
    typeUrl,
    name,
    version: formatHash(hashBytes(bytes)),
    bytes,
    refs,
    ...(aliases !== undefined && { aliases }),
    ...(ttlMs !== undefined && { ttlMs }),
  });
}

const decoded = new WeakMap<Resource, unknown>();

/**
 * The JSON of a resource, read once a resource and kept as long as it. Fields that the codec does not know are not in it;
 * they are in the bytes.
 *
 * @throws EnvoyApiError of `@netmason/envoy-api` when the bytes are no message of this type
 * @category Snapshots
 */
export function decodeResource<U extends TypeUrl>(
  resource: Resource<U>,
  options: { readonly codec?: Codec } = {},
): ResourceJson<U> {
  const known = decoded.get(resource);
  if (known !== undefined) return known as ResourceJson<U>;
  const json = (options.codec ?? defaultCodec()).decode(resource.typeUrl, resource.bytes);
  decoded.set(resource, json);
  return json as ResourceJson<U>;
}
