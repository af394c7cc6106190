import { envoyVersion as generated } from "#field-table";

/** The release of Envoy whose API this is, as in `"1.40.0"`. */
export const envoyVersion: string = generated;
