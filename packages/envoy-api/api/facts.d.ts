// Written by `npm run check:packages -- --write`; a change here is a change of the public API.

interface OperatorSyntax {
    readonly parameter?: "optional" | "required";
    readonly length?: boolean;
    readonly choices?: readonly (readonly string[])[];
    readonly check?: "header" | "time" | "first" | "filterState" | "duration" | "coalesce";
}
interface EnvoyFacts {
    readonly clusterFields: Readonly<Record<string, readonly string[]>>;
    readonly accessLogOperators: Readonly<Record<string, OperatorSyntax>>;
    readonly terminalHttpFilters: readonly string[];
    readonly terminalNetworkFilters: readonly string[];
    readonly passingNetworkFilters: readonly string[];
    readonly selfBalancedClusters: readonly string[];
}
declare function envoyFacts(): EnvoyFacts;
export { envoyFacts };
export type { EnvoyFacts, OperatorSyntax };
