// What Envoy checks in code of filters that let requests pass or not: JWT, OAuth2, ext_authz, ext_proc and RBAC.
import type { PermissionJson, PrincipalJson, RBACJson as RulesJson } from "@netmason/envoy-api/envoy/config/rbac/v3";
import type { HttpServiceJson } from "@netmason/envoy-api/envoy/extensions/filters/http/ext_authz/v3";
import type { ExternalProcessorJson } from "@netmason/envoy-api/envoy/extensions/filters/http/ext_proc/v3";
import type {
  JwtAuthenticationJson,
  JwtRequirementJson,
} from "@netmason/envoy-api/envoy/extensions/filters/http/jwt_authn/v3";
import type { OAuth2ConfigJson } from "@netmason/envoy-api/envoy/extensions/filters/http/oauth2/v3";
import type { RBACJson } from "@netmason/envoy-api/envoy/extensions/filters/http/rbac/v3";
import { type MessageRule, messageRule, type PathPart, type Visit } from "../visit.js";
import { quoted } from "./rule-text.js";

const HTTP = "envoy.extensions.filters.http";

function jwtAuthentication(message: JwtAuthenticationJson, visit: Visit): void {
  const { providers = {}, rules = [], requirementMap = {}, filterStateRules } = message;
  for (const [index, { requires, requirementName }] of rules.entries()) {
    if (requires !== undefined) jwtRequirement(requires, ["rules", index, "requires"], providers, visit);
    if (requirementName !== undefined && !Object.hasOwn(requirementMap, requirementName)) {
      visit.refuse(["rules", index, "requirementName"], `requirementMap has no ${quoted(requirementName)}`);
    }
  }
  for (const [name, requirement] of Object.entries(requirementMap)) {
    jwtRequirement(requirement, ["requirementMap", name], providers, visit);
  }
  for (const [name, requirement] of Object.entries(filterStateRules?.requires ?? {})) {
    jwtRequirement(requirement, ["filterStateRules", "requires", name], providers, visit);
  }
  for (const [name, { localJwks }] of Object.entries(providers)) {
    const text = localJwks?.inlineString;
    if (text === undefined || hasKeys(text)) continue;
    visit.refuse(["providers", name, "localJwks", "inlineString"], 'no JSON of the form {"keys":[…]} with a key');
  }
}

function hasKeys(text: string): boolean {
  try {
    const { keys }: { readonly keys?: unknown } = Object(JSON.parse(text));
    return Array.isArray(keys) && keys.length > 0;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function jwtRequirement(
  message: JwtRequirementJson,
  parts: readonly PathPart[],
  providers: object,
  visit: Visit,
): void {
  const name = message.providerName ?? message.providerAndAudiences?.providerName;
  if (name !== undefined && name !== "" && !Object.hasOwn(providers, name)) {
    const field = message.providerName === undefined ? ["providerAndAudiences", "providerName"] : ["providerName"];
    visit.refuse([...parts, ...field], `providers has no ${quoted(name)}`);
  }
  for (const kind of ["requiresAny", "requiresAll"] as const) {
    for (const [index, inner] of (message[kind]?.requirements ?? []).entries()) {
      jwtRequirement(inner, [...parts, kind, "requirements", index], providers, visit);
    }
  }
}

function oauth2({ credentials, authType }: OAuth2ConfigJson, visit: Visit): void {
  if (credentials === undefined || credentials.tokenSecret !== undefined || authType === "TLS_CLIENT_AUTH") return;
  visit.refuse(["credentials", "tokenSecret"], "is required unless authType is TLS_CLIENT_AUTH");
}

function authorizationService({ pathPrefix = "", pathOverride = "" }: HttpServiceJson, visit: Visit): void {
  if (pathPrefix !== "" && pathOverride !== "")
    visit.refuse(["pathOverride"], "pathPrefix and pathOverride exclude each other");
  if (pathPrefix !== "" && !pathPrefix.startsWith("/")) visit.refuse(["pathPrefix"], "must start with /");
  if (pathOverride !== "" && !pathOverride.startsWith("/")) visit.refuse(["pathOverride"], "must start with /");
}

function externalProcessor(
  { grpcService, httpService, processingMode = {} }: ExternalProcessorJson,
  visit: Visit,
): void {
  if ((grpcService === undefined) === (httpService === undefined)) {
    const parts = grpcService === undefined ? ["grpcService"] : ["httpService"];
    visit.refuse(parts, "a processor has a grpcService or an httpService");
  }
  for (const side of ["request", "response"] as const) {
    const body = processingMode[`${side}BodyMode`] ?? "NONE";
    const trailer = processingMode[`${side}TrailerMode`] ?? "DEFAULT";
    if (httpService !== undefined) {
      const message = "over HTTP a processor sees headers only";
      if (body !== "NONE") visit.refuse(["processingMode", `${side}BodyMode`], message);
      if (trailer === "SEND") visit.refuse(["processingMode", `${side}TrailerMode`], message);
    } else if (body === "FULL_DUPLEX_STREAMED" && trailer !== "SEND") {
      visit.refuse(["processingMode", `${side}TrailerMode`], "must be SEND where the body is FULL_DUPLEX_STREAMED");
    }
  }
}

function rbac({ rules, matcher }: RBACJson, visit: Visit): void {
  if (rules !== undefined && matcher !== undefined) {
    visit.warn("ignored_field", ["rules"], "Envoy ignores rules where there is a matcher");
  }
}

/** Connections have no headers. */
function networkRbac({ rules, shadowRules }: RBACJson, visit: Visit): void {
  rulesWithoutHeaders(rules, "rules", visit);
  rulesWithoutHeaders(shadowRules, "shadowRules", visit);
}

function rulesWithoutHeaders(rules: RulesJson | undefined, field: string, visit: Visit): void {
  for (const [name, { permissions = [], principals = [] }] of Object.entries(rules?.policies ?? {})) {
    for (const [kind, list] of Object.entries({ permissions, principals })) {
      for (const [index, each] of list.entries()) withoutHeader(each, [field, "policies", name, kind, index], visit);
    }
  }
}

function withoutHeader(each: PermissionJson & PrincipalJson, parts: readonly PathPart[], visit: Visit): void {
  if (each.header !== undefined) visit.refuse([...parts, "header"], "a connection has no headers");
  const lists = { andRules: "rules", orRules: "rules", andIds: "ids", orIds: "ids" } as const;
  for (const [field, inner] of Object.entries(lists)) {
    const set = each[field as keyof typeof lists] as { readonly [key: string]: readonly object[] } | undefined;
    for (const [index, item] of (set?.[inner] ?? []).entries())
      withoutHeader(item, [...parts, field, inner, index], visit);
  }
  for (const field of ["notRule", "notId"] as const) {
    const inner = each[field];
    if (inner !== undefined) withoutHeader(inner, [...parts, field], visit);
  }
}

/** Of filters that decide on requests and connections. */
export const authorizationRules = (): readonly MessageRule[] => [
  messageRule<JwtAuthenticationJson>(`${HTTP}.jwt_authn.v3.JwtAuthentication`, jwtAuthentication),
  messageRule<OAuth2ConfigJson>(`${HTTP}.oauth2.v3.OAuth2Config`, oauth2),
  messageRule<HttpServiceJson>(`${HTTP}.ext_authz.v3.HttpService`, authorizationService),
  messageRule<ExternalProcessorJson>(`${HTTP}.ext_proc.v3.ExternalProcessor`, externalProcessor),
  messageRule<RBACJson>(`${HTTP}.rbac.v3.RBAC`, rbac),
  messageRule<RBACJson>("envoy.extensions.filters.network.rbac.v3.RBAC", rbac),
  messageRule<RBACJson>("envoy.extensions.filters.network.rbac.v3.RBAC", networkRbac),
];
