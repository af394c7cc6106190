// Regular expressions, and whether Envoy 1.40, which reads them as RE2, takes them: each was asked of it.

export const acceptedExpressions: readonly string[] = [
  ..."\\p{^Greek} \\P{^Greek} \\pL \\p{Lu} \\p{Any} \\p{Han} \\p{Thai} \\p{Nko} \\p{Common}".split(" "),
  ..."[\\p{L}] [\\pL] [^\\P{^L}] [\\p{L}-z] [\\x{41}] [\\101] [\\a] [\\0] [\\_] [[:^alpha:]] []a]".split(" "),
  ..."\\C \\0 \\01 \\012 \\12 \\_ \\x41 \\x{FF} \\377 é [а-я] (?i:a) (?U)a+ (?i)a(?-i)b (?<n>a) (?P<n>a)".split(" "),
  ..."a{,5} a{50} x{0} ^* \\b+ (|a)* () a||b (?m)^a$ \\Qa*".split(" "),
];

export const refusedExpressions: readonly string[] = [
  ..."\\p{Foo} \\p{X} \\pX \\p{greek} \\p{Grek} \\p{LC} \\p{Cn} \\p{Letter} \\p{} \\p{L \\p \\p^L".split(" "),
  ..."[\\p{Foo}] [\\y] [\\b] [\\Q.\\E] [\\z] [\\C] [\\1] [\\8] [\\h] [\\cA] [\\é] [a-\\p{L}] [[:foo:]] [] [^]".split(
    " ",
  ),
  ..."\\8 \\1 (a)\\1 \\h \\R \\X \\k<a> \\G \\Z \\cA \\u0041 \\N{LATIN} \\é \\x4 \\x{} \\x{100} \\400 \\".split(" "),
  ..."(?P=a) (?#c) (?=a) (?!a) (?<=a) a{1001} a** a++ a{2}{3} [a [z-a] (a a) *".split(" "),
];

/**
 * How many instructions RE2 makes of an expression, as Envoy 1.40 says where its limit is 0, and how many of them
 * `compile` is sure of.
 */
export const programSizes: readonly (readonly [pattern: string, size: number, least: number])[] = [
  ["/[a-z]{97}", 102, 102],
  ["[a-z]{60}", 64, 64],
  ["[a-z0-9]{1,40}", 123, 123],
  ["[^/]{1,64}", 195, 195],
  ["/v[0-9]+/users/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", 83, 83],
  ["(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+example\\.com", 266, 265],
  ["\\d{1,50}", 103, 103],
  ["(a){3,5}", 21, 21],
  ["(foo|bar|baz|qux){1,30}", 393, 363],
  ["^/api/v1/[a-z]{90}", 94, 92],
  ["^abc", 4, 2],
  ["(?i)^Foo[a-z]{3}", 7, 5],
  ["a{0,5}a*", 5, 5],
  ["(?:a{0,5})b*", 15, 15],
  ["(?:ab{0,5})b*", 6, 6],
  ["(?:a*)*b{2}", 7, 7],
  ["(?:/*/)+x", 7, 7],
  ["(?:c+x{0})+[^/]", 8, 8],
  ["a?|b?", 7, 5],
  ["(?:a?|b)c{1,3}", 12, 9],
  ["abc|abd|b", 8, 7],
  ["b\\w|b[^/]", 7, 6],
  ["(?i)(?:[A-Z0-9]*(?:[A-Z0-9]|x)+x)", 8, 8],
  ["[A-Za-z0-9]{2,}", 9, 9],
  ["\\W{3}", 19, 19],
  ["[[:alpha:]]+\\bfoo\\b", 11, 9],
  ["(|a)*", 12, 5],
  ["x{0}y", 5, 5],
  [".*foo.*", 11, 9],
  ["(?s).{20}", 24, 24],
  ["[^\\x00-\\xFF]a", 1, 0],
];
