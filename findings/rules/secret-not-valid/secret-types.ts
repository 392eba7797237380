/** What is known of a Secret without any key. */
export interface KnownSecret {
  readonly name: string | null;
  /** Every key; null for a value that is not known: encrypted, or put in later. */
  readonly values: ReadonlyMap<string, string | null>;
  annotation(name: string): string | null;
  /** Its keys come to those that the cluster has. */
  readonly isMerged: boolean;
}

export interface TypeProblem {
  /** One sentence, without any value. */
  readonly message: string;
  /** The edit that mends it, in the imperative. */
  readonly what: string;
}

/** The types that have rules, with the keys that they need; with `any` one of them is enough. */
export const SECRET_TYPE_KEYS: ReadonlyMap<
  string,
  { readonly keys: readonly string[]; readonly any?: true }
> = new Map([
  ["kubernetes.io/dockerconfigjson", { keys: [".dockerconfigjson"] }],
  ["kubernetes.io/dockercfg", { keys: [".dockercfg"] }],
  ["kubernetes.io/basic-auth", { keys: ["username", "password"], any: true }],
  ["kubernetes.io/ssh-auth", { keys: ["ssh-privatekey"] }],
  ["kubernetes.io/tls", { keys: ["tls.crt", "tls.key"] }],
  // The API server does not look at this one: without them the token works nowhere.
  ["bootstrap.kubernetes.io/token", { keys: ["token-id", "token-secret"] }],
]);

const SERVICE_ACCOUNT = "kubernetes.io/service-account.name";

/**
 * What the API server would refuse in a Secret of a type, or what would not work; null where nothing
 * is wrong as far as it is known.
 *
 * @see https://kubernetes.io/docs/concepts/configuration/secret/#secret-types
 */
export function typeProblem(type: string, secret: KnownSecret): TypeProblem | null {
  if (secret.isMerged) return null;
  if (type === "kubernetes.io/service-account-token") {
    const account = secret.annotation(SERVICE_ACCOUNT);
    return account !== null && account !== ""
      ? null
      : {
          message: `a Secret of type ${type} needs the annotation ${SERVICE_ACCOUNT}`,
          what: `add the annotation ${SERVICE_ACCOUNT} with the name of the service account`,
        };
  }
  const needs = SECRET_TYPE_KEYS.get(type);
  if (needs === undefined) return null;
  const missing = needs.keys.filter((key) => !secret.values.has(key));
  if (needs.any === true ? missing.length === needs.keys.length : missing.length > 0) {
    const names = missing.join(needs.any === true ? " or " : " and ");
    return {
      message: `a Secret of type ${type} needs the key ${names}`,
      what: `add ${names}, or correct the type`,
    };
  }
  for (const key of [".dockerconfigjson", ".dockercfg"]) {
    const value = needs.keys.includes(key) ? secret.values.get(key) : null;
    if (value !== null && value !== undefined && !isJsonObject(value)) {
      return {
        message: `the value of ${key} is no JSON object`,
        what: "write the value as docker login writes config.json",
      };
    }
  }
  const isToken = type === "bootstrap.kubernetes.io/token";
  if (isToken && secret.name !== null && !/^bootstrap-token-|[${]/.test(secret.name)) {
    return {
      message: `a Secret of type ${type} must be named bootstrap-token-ID`,
      what: "name it bootstrap-token- and its token-id",
    };
  }
  return null;
}

function isJsonObject(text: string): boolean {
  try {
    const parsed: unknown = JSON.parse(text);
    // Go reads null into a map as well.
    return typeof parsed === "object" && !Array.isArray(parsed);
  } catch {
    return false;
  }
}
