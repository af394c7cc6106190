// Written by `npm run check:packages -- --write`; a change here is a change of the public API.

interface OperatorSyntax {
    readonly parameter?: "optional" | "required";
    readonly length?: boolean;
    readonly choices?: readonly (readonly string[])[];
    readonly check?: "header" | "time" | "first" | "filterState" | "duration" | "coalesce";
}
type RuleTerm = string | number | boolean | readonly RuleTerm[];
interface CodeRule {
    readonly each?: readonly string[];
    readonly when?: RuleTerm;
    readonly sameKey?: RuleTerm;
    readonly once?: true;
    readonly at?: readonly string[];
    readonly says: RuleTerm;
    readonly hint?: RuleTerm;
    readonly rule?: string;
    readonly warns?: true;
}
type CodeRules = Readonly<Record<string, readonly CodeRule[]>>;
interface EnvoyFacts {
    readonly clusterFields: Readonly<Record<string, readonly string[]>>;
    readonly accessLogOperators: Readonly<Record<string, OperatorSyntax>>;
    readonly rules: CodeRules;
    readonly envoyRules: CodeRules;
    readonly grpcRules: CodeRules;
}
declare function envoyFacts(): EnvoyFacts;
export { envoyFacts };
export type { CodeRule, CodeRules, EnvoyFacts, OperatorSyntax, RuleTerm };
