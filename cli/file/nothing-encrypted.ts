import { printable } from "../../git/escape.ts";
import type { Encrypted } from "../../sops/encrypt.ts";
import { complain } from "../terminal/complain.ts";

const NOTHING =
  "nothing in it is encrypted: none of its values is selected, or only empty ones are, and all stay readable";

/** Says that a file has a sops block and no ciphertext: sops is silent. */
export function sayNothingEncrypted(path: string, { values, comments }: Encrypted): void {
  if (values + comments === 0) complain(`${printable(path)}: ${NOTHING}`);
}
