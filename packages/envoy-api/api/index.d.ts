// Written by `npm run check:packages -- --write`; a change here is a change of the public API.

declare const envoyVersion: string;
interface DocumentFault {
    readonly typeUrl: string;
    readonly path: string;
}
interface EnvoyApiErrorDetails {
    readonly invalid_json: DocumentFault;
    readonly invalid_bytes: {
        readonly typeUrl: string;
        readonly offset: number;
    };
    readonly unknown_type: DocumentFault;
}
type EnvoyApiErrorCode = keyof EnvoyApiErrorDetails;
declare class EnvoyApiError<C extends EnvoyApiErrorCode = EnvoyApiErrorCode> extends Error {
    readonly code: C;
    readonly details: EnvoyApiErrorDetails[C];
    constructor(code: C, text: string, details: EnvoyApiErrorDetails[C], options?: {
        readonly cause?: unknown;
    });
}
declare function isEnvoyApiError<C extends EnvoyApiErrorCode = EnvoyApiErrorCode>(error: unknown, code?: C): error is {
    [K in C]: EnvoyApiError<K>;
}[C];
export { EnvoyApiError, envoyVersion, isEnvoyApiError };
export type { DocumentFault, EnvoyApiErrorCode, EnvoyApiErrorDetails };
