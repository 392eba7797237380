/**
 * What is wrong with a name as the end of a sentence that begins with where it came from, or null.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
 */
type Problem = string | null;

/** A DNS label (RFC 1123): names of namespaces, clusters and Services. */
export function labelProblem(name: string): Problem {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)
    ? null
    : "must be a DNS label: at most 63 of a-z, 0-9 and -, no dash at either end";
}

/** The name of a Service: a DNS label that begins with a letter (RFC 1035). */
export function serviceNameProblem(name: string): Problem {
  return labelProblem(name) ?? (/^[a-z]/.test(name) ? null : "must begin with a letter");
}

/** A DNS subdomain (RFC 1123): names of Secrets and most other objects. */
export function subdomainProblem(name: string): Problem {
  return name.length <= 253 &&
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)
    ? null
    : "must be a DNS name: at most 253 of a-z, 0-9, - and ., each part without a dash at either end";
}

/**
 * A key of a Secret's data.
 *
 * @see IsConfigMapKey in k8s.io/apimachinery, which holds for Secrets as well
 */
export function secretKeyProblem(key: string): Problem {
  if (!/^[-._a-zA-Z0-9]{1,253}$/.test(key)) {
    return "must be at most 253 letters, digits, dots, dashes and underscores";
  }
  return key === "." || key.startsWith("..") ? "must not be . nor begin with .." : null;
}
