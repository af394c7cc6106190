// Written by `npm run check:packages -- --write`; a change here is a change of the public API.

interface OperatorSyntax {
    readonly parameter?: "optional" | "required";
    readonly length?: boolean;
    readonly pattern?: string;
    readonly expected?: string;
    readonly operators?: boolean;
}
type RuleTerm = string | number | boolean | readonly RuleTerm[];
interface RulePlace {
    readonly each?: readonly string[];
    readonly when?: RuleTerm;
    readonly at?: readonly string[];
}
interface CodeRule extends RulePlace {
    readonly sameKey?: RuleTerm;
    readonly once?: true;
    readonly says: RuleTerm;
    readonly hint?: RuleTerm;
    readonly rule?: string;
    readonly warns?: true;
}
interface ReferenceRule extends RulePlace {
    readonly name: RuleTerm;
    readonly to: string;
    readonly missing: RuleTerm;
    readonly demand?: "http2" | "filters";
}
type CodeRules = Readonly<Record<string, readonly CodeRule[]>>;
interface EnvoyFacts {
    readonly accessLogOperators: Readonly<Record<string, OperatorSyntax>>;
    readonly references: Readonly<Record<string, readonly ReferenceRule[]>>;
    readonly rules: CodeRules;
    readonly envoyRules: CodeRules;
    readonly grpcRules: CodeRules;
}
declare function envoyFacts(): EnvoyFacts;
export { envoyFacts };
export type { CodeRule, CodeRules, EnvoyFacts, OperatorSyntax, ReferenceRule, RulePlace, RuleTerm };
