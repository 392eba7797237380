import { isScalar } from "yaml";
import type { Mend } from "../../finding.ts";
import { isLiteralPassword } from "../../credential/literal-password.ts";
import { type Entry, scalarText } from "../../candidate/nodes.ts";
import type { Reading } from "./reading.ts";

/** `root:hunter2`; `R` and `RANDOM` have one drawn. */
const LOGIN = /^\s*[\w.-]+:(\S+)\s*$/;

/**
 * cloud-init's passwords, `chpasswd: {list: …}`, in lines or items. Those under `users` have names of their own.
 *
 * @see https://cloudinit.readthedocs.io/en/latest/reference/modules.html#set-passwords
 */
export function readChpasswd(reading: Reading, { key, value }: Entry, what: string, mend: Mend) {
  if (key !== "chpasswd") return;
  const list = reading.mappings.entry(value, "list");
  if (list === null) return;
  const items = isScalar(list.value) ? [list.value] : reading.mappings.items(list.value);
  const lines = items.flatMap((item) => (isScalar(item) ? scalarText(item).split("\n") : []));
  const isReadable = (line: string) => {
    const [, password = ""] = LOGIN.exec(line) ?? [];
    return password !== "RANDOM" && isLiteralPassword(password);
  };
  if (lines.some(isReadable)) reading.hit(list.offset, what, key, mend);
}
