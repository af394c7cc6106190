/**
 * Errors of the package, and the release of Envoy it is made from.
 *
 * @module index
 */
export { envoyVersion } from "./envoy-version.js";
export {
  type DocumentFault,
  EnvoyApiError,
  type EnvoyApiErrorCode,
  type EnvoyApiErrorDetails,
  isEnvoyApiError,
} from "./errors.js";
