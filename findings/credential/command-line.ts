import { isCredentialName, isCredentialVariable, isStrongValue } from "./credential.ts";
import { valuesInBraces } from "./in-braces.ts";
import { isLiteralPassword } from "./literal-password.ts";

/** What an argument names that is read from a file. */
export const FILE = /\.(?:crt|json|key|pem|txt|ya?ml)$/;

/** A word of a shell's, in quotes or without; what the shell puts in is no literal. */
const WORD = `(?:"([^"\\n]*)"|'([^'\\n]*)'|((?!-)[^\\s"';|&)]+))`;

/** `--password hunter2`, `--api-token=…`. */
const FLAG = new RegExp(`(?<=^|[\\s"'])--([A-Za-z][\\w.-]*)[= ]${WORD}`, "g");

/**
 * `PGPASSWORD=… psql`, `export DB_PASSWORD=…`, `--env=API_TOKEN=…`, `Environment=DB_PASSWORD=…`.
 * gcloud's `--set-secrets=…` names them.
 */
const VARIABLE = new RegExp(`(?<=^|[\\s;&|("']|(?<!secrets)=)([A-Z][A-Z0-9_]*)=${WORD}`, "g");

/** Of a host in an inventory of Ansible's: `ansible_ssh_pass`, `ansible_become_password`. */
const OF_ANSIBLE = new RegExp(`(?<=^|\\s)(ansible_(?:\\w+_)?pass(?:word)?)=${WORD}`, "g");

/** `helm install --set auth.password=…`, several in one with commas between. */
const SET = /(?<=^|\s)--set(?:-string|-literal)?[= ]\s*(\S+)/g;

/** Programs with a short flag of their own for a password, or that `echo` gives one, each with what stands before it. */
const SHORT_FLAGS: readonly (readonly [program: string, pattern: RegExp])[] = [
  ["curl", /\bcurl\s(?:[^|;&\n]{0,300}?\s)?(?:-u|--user)[= ]?["']?[^\s:"'$]+:([^\s"']+)/g],
  ["mysql", /\bmysql(?:admin|dump)?\s(?:[^|;&\n]{0,300}?\s)?-p["']?([^\s"']+)/g],
  ["mariadb", /\bmariadb(?:-admin|-dump)?\s(?:[^|;&\n]{0,300}?\s)?-p["']?([^\s"']+)/g],
  ["redis-cli", /\bredis-cli\s(?:[^|;&\n]{0,300}?\s)?(?:-a|--pass)\s["']?([^\s"']+)/g],
  [
    "chpasswd",
    /\becho\s+(?:-\w+\s+)?["']?[\w.-]+:([^\s"'|]+)["']?\s*\|\s*(?:sudo\s+)?(?:\S{0,100}\/)?chpasswd\b/g,
  ],
  ["sshpass", /\bsshpass\s+-p\s*["']?([^\s"']+)/g],
  ["login", /\b(?:docker|podman|registry)\slogin\s(?:[^|;&\n]{0,300}?\s)?-p[= ]?["']?([^\s"']+)/g],
];

/**
 * What in a command, as `sh -c` has it, is given a literal password: the names of flags, variables or programs.
 *
 * @param command one line
 */
export function passwordsInCommand(command: string): string[] {
  const named = [
    ...[
      ...valuesOf(command, "--", FLAG),
      ...valuesSet(command),
      // `curl -d '{"password":"…"}'`
      ...valuesInBraces(command).filter(({ isQuoted }) => isQuoted),
    ].filter(({ name }) => isCredentialName(name)),
    ...valuesOf(command, "=", VARIABLE).filter(({ name }) => isCredentialVariable(name)),
    ...valuesOf(command, "ansible_", OF_ANSIBLE),
  ].filter(({ value }) => !/[$`]/.test(value) && isStrongValue(value) && !FILE.test(value));
  return [...named.map(({ name }) => name), ...programsWithPassword(command)];
}

/** Programs that are given a literal password by a short flag, in a command or in arguments with blanks between. */
export function programsWithPassword(command: string): string[] {
  return SHORT_FLAGS.filter(([program, pattern]) => {
    if (!command.includes(program)) return false;
    return [...command.matchAll(pattern)].some(
      ([, password = ""]) => isLiteralPassword(password) && !/[`%]/.test(password),
    );
  }).map(([program]) => program);
}

/** Whether a text of any length could hold a program with such a flag, as a list of arguments too. */
export function mayGivePassword(text: string): boolean {
  if (!SHORT_FLAGS.some(([program]) => text.includes(program))) return false;
  return SHORT_FLAG.test(text) || programsWithPassword(text).length > 0;
}

const SHORT_FLAG = /(?:^|[\s"'[,])-(?:u|-user|a|-pass|p[^\s"',]+)["']?\s*(?:,|\n|$)/;

/** @param mark without which there is none: most lines have neither. */
function valuesOf(
  command: string,
  mark: string,
  pattern: RegExp,
): { name: string; value: string }[] {
  if (!command.includes(mark)) return [];
  return [...command.matchAll(pattern)].map(([, name = "", double, single, plain]) => ({
    name,
    value: double ?? single ?? plain ?? "",
  }));
}

function valuesSet(command: string): { name: string; value: string }[] {
  if (!command.includes("--set")) return [];
  const values = [...command.matchAll(SET)].flatMap(([, written = ""]) =>
    written.replace(/["']/g, "").split(","),
  );
  return values.map((one) => {
    const [, name = "", value = ""] = /^([\w.[\]-]+)=([^;|&)]+)/.exec(one) ?? [];
    return { name, value };
  });
}
