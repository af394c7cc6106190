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
