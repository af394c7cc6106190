export { envoyVersion } from "./envoy-version.js";
export {
  type DocumentFault,
  EnvoyApiError,
  type EnvoyApiErrorCode,
  type EnvoyApiErrorDetails,
  isEnvoyApiError,
} from "./errors.js";
