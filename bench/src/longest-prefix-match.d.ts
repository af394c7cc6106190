// The package ships no types: what the bench uses of it.
declare module "longest-prefix-match" {
  class LongestPrefixMatch<V> {
    addPrefix(prefix: string, payload: V): void;
    getMatch(prefix: string): V[];
  }
  export = LongestPrefixMatch;
}
