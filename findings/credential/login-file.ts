import { isToken } from "../../sops/token.ts";
import { holdsExpression } from "./pointer.ts";

/** Files of logins, each with what a line or entry with a password looks like; the password is captured. */
const LOGIN_FILES: ReadonlyMap<string, RegExp> = new Map([
  [".netrc", /^(?:.*\s)?password\s+(\S+)/],
  [".pgpass", /^[^#](?:[^:\\]|\\.)*:(?:[^:\\]|\\.)*:(?:[^:\\]|\\.)*:(?:[^:\\]|\\.)*:(.+)$/],
  [".pypirc", /^\s*password\s*[=:]\s*(\S.*)$/],
  [".my.cnf", /^\s*password\s*=\s*(\S.*)$/],
  [".aws/credentials", /^\s*aws_(?:secret_access_key|session_token)\s*=\s*(\S.*)$/i],
  [".dockercfg", /^.*"(?:auth|password|identitytoken)"\s*:\s*"([^"]+)"/],
  [".htpasswd", /^[^\s:#]+:(\$\w+\$\S{8,}|\{SHA\}\S+|[./A-Za-z0-9]{13})$/],
  [".vault-token", /^(\S{8,})$/],
  [".terraformrc", /^\s*token\s*=\s*"([^"]+)"/],
  ["credentials.tfrc.json", /"token"\s*:\s*"([^"]+)"/],
  [".s3cfg", /^\s*secret_key\s*=\s*(\S+)/],
  [
    "rclone.conf",
    /^\s*(?:pass|password2?|key|token|client_secret|secret_access_key)\s*=\s*(\S.*)$/,
  ],
  [".git-credentials", /^\s*[a-z]+:\/\/[^\s:@/]*:([^\s@/]+)@/],
]);

const AWS_CREDENTIALS = /^(?:credentials-[\w-]+|aws[._-]?credentials|cloud)$/;

/**
 * As the names above: `_netrc` is Windows's `.netrc`, whatever ends in `htpasswd` is one, and
 * `credentials-velero`, `aws-credentials` and velero's `cloud` are in the format of `.aws/credentials`.
 */
function kindOf(path: string): string {
  const [, folder = "", name = ""] = /(?:^|([^/]*)\/)([^/]*)$/.exec(path.toLowerCase()) ?? [];
  if (name.endsWith("htpasswd")) return ".htpasswd";
  if (AWS_CREDENTIALS.test(name)) return ".aws/credentials";
  return LOGIN_FILES.has(`${folder}/${name}`) ? `${folder}/${name}` : name.replace("_", ".");
}

/** Whether a file's name is that of one of logins. */
export function isLoginFile(path: string): boolean {
  return LOGIN_FILES.has(kindOf(path));
}

/** A longer line is data, and no login. */
export const LONGEST_LINE = 20_000;

/**
 * The lines of a file of logins that hold a password, 0-based; none where the name is not that of such a file.
 *
 * @param path of the file, or its name where it stands as a value in another
 */
export function loginLines(path: string, text: string): { line: number; name: string }[] {
  const pattern = LOGIN_FILES.get(kindOf(path));
  if (pattern === undefined) return [];
  return text.split("\n").flatMap((line, index) => {
    const password = line.length > LONGEST_LINE ? "" : (pattern.exec(line.trimEnd())?.[1] ?? "");
    const isLiteral = password !== "" && !isToken(password) && !holdsExpression(password);
    return isLiteral ? [{ line: index, name: "password" }] : [];
  });
}
