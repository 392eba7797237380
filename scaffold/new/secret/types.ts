import { labelProblem } from "../../kubernetes-names.ts";
import { ScaffoldError } from "../../errors.ts";

/** A type of Secret that the API server has rules for. */
export interface SecretType {
  readonly name: string;
  /** Keys that must be there: all of them, or with `any` one of them. */
  readonly keys: readonly string[];
  readonly any?: true;
  /** The flags that give them. */
  readonly flags?: string;
}

const OPAQUE: SecretType = { name: "Opaque", keys: [] };

/**
 * By full name, then by the short names, those of `kubectl create secret` among them.
 *
 * @see https://kubernetes.io/docs/concepts/configuration/secret/#secret-types
 */
const SECRET_TYPES: readonly (SecretType & { readonly short: readonly string[] })[] = [
  { ...OPAQUE, short: ["generic", "opaque"] },
  {
    name: "kubernetes.io/dockerconfigjson",
    short: ["docker-registry"],
    keys: [".dockerconfigjson"],
    flags:
      "--docker-username NAME and --docker-password-stdin, or --from-file .dockerconfigjson=FILE",
  },
  {
    name: "kubernetes.io/dockercfg",
    short: ["dockercfg"],
    keys: [".dockercfg"],
    flags: "--from-file .dockercfg=FILE",
  },
  {
    name: "kubernetes.io/tls",
    short: ["tls"],
    keys: ["tls.crt", "tls.key"],
    flags: "--cert FILE and --key FILE",
  },
  {
    name: "kubernetes.io/basic-auth",
    short: ["basic-auth"],
    keys: ["username", "password"],
    any: true,
    flags: "--from-literal username=NAME, and --from-literal-stdin password or --generate password",
  },
  {
    name: "kubernetes.io/ssh-auth",
    short: ["ssh-auth"],
    keys: ["ssh-privatekey"],
    flags: "--from-file ssh-privatekey=FILE",
  },
  {
    name: "bootstrap.kubernetes.io/token",
    short: [],
    keys: ["token-id", "token-secret"],
    flags: "--from-literal token-id=ID and --from-literal-stdin token-secret",
  },
];

/** The short names of the types, for a help text and a prompt. */
export const SHORT_TYPES: readonly string[] = SECRET_TYPES.map(
  ({ short, name }) => short[0] ?? name,
);

/**
 * A type by its full or short name; any other type is its owner's business, without required keys.
 *
 * @throws ScaffoldError `usage` for a text that is no type, and for service account tokens.
 */
export function secretType(text: string): SecretType {
  const known = SECRET_TYPES.find(({ name, short }) => name === text || short.includes(text));
  if (known !== undefined) return known;
  if (/(^|\/)service-account-token$/.test(text)) {
    throw new ScaffoldError(
      "usage",
      "--type service-account-token holds no data of its own, so it is no secret in git: write it as a plain manifest beside its ServiceAccount",
    );
  }
  if (!/^[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?$/.test(text)) {
    throw new ScaffoldError(
      "usage",
      `--type must be one of ${SHORT_TYPES.join(", ")}, or a type such as example.org/name`,
    );
  }
  return { name: text, keys: [] };
}

/** @see MaxSecretSize in k8s.io/api/core/v1 */
const MOST_BYTES = 2 ** 20;

/**
 * What the API server would refuse in the data of a type, or what would not work.
 *
 * @throws ScaffoldError `usage`, without any value in its message.
 */
export function requireValid(
  type: SecretType,
  secret: { readonly name: string; readonly namespace: string },
  values: ReadonlyMap<string, Buffer>,
): void {
  const missing = type.keys.filter((key) => !values.has(key));
  if (type.any === true ? missing.length === type.keys.length : missing.length > 0) {
    throw new ScaffoldError(
      "usage",
      `a Secret of type ${type.name} needs ${type.any === true ? type.keys.join(" or ") : missing.join(" and ")}: give ${type.flags ?? `--from-file ${missing[0]}=FILE`}`,
    );
  }
  const size = [...values.values()].reduce((sum, { length }) => sum + length, 0);
  if (size > MOST_BYTES) {
    throw new ScaffoldError(
      "usage",
      `a Secret holds ${MOST_BYTES} bytes at most, and these values have ${size}: Kubernetes would refuse it`,
    );
  }
  for (const key of [".dockerconfigjson", ".dockercfg"]) {
    const value = values.get(key);
    if (value !== undefined && type.keys.includes(key) && !isJsonObject(value)) {
      throw new ScaffoldError(
        "usage",
        `the value of ${key} must be a JSON object, as docker writes it`,
      );
    }
  }
  if (type.name === "bootstrap.kubernetes.io/token") requireBootstrapToken(secret, values);
}

function isJsonObject(value: Buffer): boolean {
  try {
    const parsed: unknown = JSON.parse(value.toString("utf8"));
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}

/** @see https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/ */
function requireBootstrapToken(
  { name, namespace }: { readonly name: string; readonly namespace: string },
  values: ReadonlyMap<string, Buffer>,
): void {
  const id = values.get("token-id")?.toString("utf8") ?? "";
  const secret = values.get("token-secret")?.toString("utf8") ?? "";
  if (!/^[a-z0-9]{6}$/.test(id) || !/^[a-z0-9]{16}$/.test(secret)) {
    throw new ScaffoldError(
      "usage",
      "a bootstrap token needs a token-id of 6 and a token-secret of 16 lower-case letters and digits",
    );
  }
  if (
    name !== `bootstrap-token-${id}` ||
    namespace !== "kube-system" ||
    labelProblem(name) !== null
  ) {
    throw new ScaffoldError(
      "usage",
      "a bootstrap token must be named bootstrap-token-ID after its token-id, and be in --namespace kube-system",
    );
  }
}
