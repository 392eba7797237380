import { isToken } from "../../sops/token.ts";
import {
  credentialFileKind,
  isLoginFormat,
  type LoginFormat,
} from "../candidate/credential-file-kind.ts";
import { holdsExpression } from "./pointer.ts";

/** What a line or entry with a password looks like; the password is captured. */
const LINES: Readonly<Record<LoginFormat, RegExp>> = {
  netrc: /^(?:.*\s)?password\s+(\S+)/,
  pgpass: /^[^#](?:[^:\\]|\\.)*:(?:[^:\\]|\\.)*:(?:[^:\\]|\\.)*:(?:[^:\\]|\\.)*:(.+)$/,
  userlist: /^\s*"(?:[^"]|"")*"\s+"((?:[^"]|"")+)"/,
  msmtp: /^\s*password\s+(\S.*)$/,
  "sasl-passwd": /^[^#\s]\S*\s+[^\s:]+:(\S+)$/,
  ppp: /^\s*[^#\s]\S*\s+\S+\s+(\S+)/,
  ipsec: /^[^#]*:\s*(?:PSK|EAP|XAUTH)\s+(\S.*)$/,
  wpa: /^\s*(?:psk|password|sae_password|wep_key\d)\s*=\s*(?!ext:)(\S.*)$/,
  pypirc: /^\s*password\s*[=:]\s*(\S.*)$/,
  "my.cnf": /^\s*password\s*=\s*(\S.*)$/,
  aws: /^\s*aws_(?:secret_access_key|session_token)\s*=\s*(\S.*)$/i,
  dockercfg: /^.*"(?:auth|password|identitytoken)"\s*:\s*"([^"]+)"/,
  htpasswd: /^[^\s:#]+:(\$\w+\$\S{8,}|\{SHA\}\S+|[./A-Za-z0-9]{13})$/,
  "vault-token": /^(\S{8,})$/,
  terraformrc: /^\s*token\s*=\s*"([^"]+)"/,
  "credentials.tfrc.json": /"token"\s*:\s*"([^"]+)"/,
  s3cfg: /^\s*secret_key\s*=\s*(\S+)/,
  rclone: /^\s*(?:pass|password2?|key|token|client_secret|secret_access_key)\s*=\s*(\S.*)$/,
  keyring: /^\s*key\s*=\s*(\S{16,})$/,
  "git-credentials": /^\s*[a-z]+:\/\/[^\s:@/]*:([^\s@/]+)@/,
};

/** A longer line is data, and no login. */
export const LONGEST_LINE = 20_000;

/**
 * The lines of a file of logins that hold a password, 0-based; none where the name is not that of such a file.
 *
 * @param path of the file, or its name where it stands as a value in another
 */
export function loginLines(path: string, text: string): { line: number; name: string }[] {
  const kind = credentialFileKind(path);
  if (!isLoginFormat(kind)) return [];
  const pattern = LINES[kind];
  return text.split("\n").flatMap((line, index) => {
    const password = line.length > LONGEST_LINE ? "" : (pattern.exec(line.trimEnd())?.[1] ?? "");
    const isLiteral = password !== "" && !isToken(password) && !holdsExpression(password);
    return isLiteral ? [{ line: index, name: "password" }] : [];
  });
}
