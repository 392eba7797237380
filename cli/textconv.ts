import { readFileSync } from "node:fs";
import { printable } from "../git/escape.ts";
import { formatOf } from "../sops/format.ts";
import { decryptFile } from "../sops/decrypt.ts";
import { SopsError } from "../sops/errors.ts";
import { plaintextBytes, readSopsFile } from "../sops/sops-file.ts";
import { complain } from "./terminal/complain.ts";
import { dataKeyOf } from "./file/data-key.ts";
import { examples } from "./arguments/examples.ts";
import { fileProblem } from "./exit/file-problem.ts";

/**
 * `flux-sops textconv FILE`: what git shows of an encrypted file in a diff, where a clone is told to use
 * it (gitattributes(5), "Performing text diffs of binary files"). The recipients come after the
 * plaintext, or a diff would not show that they changed. What cannot be decrypted here is shown as it
 * is: a failure would end `git log` halfway. So is what `git commit -v` shows, which stays on disk.
 */
export async function textconv(argv: readonly string[]): Promise<number> {
  const [file = ""] = argv;
  if (file === "--help" || file === "-h") {
    process.stdout.write(HELP);
    return 0;
  }
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    complain(
      file === ""
        ? "textconv: the name of a file is missing"
        : `textconv: ${fileProblem(file, code)}`,
    );
    return 1;
  }
  const plain = isForMessage() ? null : await plaintextOf(file, bytes);
  process.stdout.write(plain ?? bytes);
  return 0;
}

/** `git commit` exports the author, the moment in this form (determine_author_info in git's builtin/commit.c). */
function isForMessage(): boolean {
  return process.env["GIT_AUTHOR_DATE"]?.startsWith("@") === true;
}

/** By hand: git gives a name as it is, with a dash in front too, which no parser of flags may see. */
const HELP = `Usage: flux-sops textconv FILE

print what git diff shall show of an encrypted file: its plaintext and its recipients, or the file as
it is where no key here opens it. git calls it, once a clone is told so.
${examples(
  "git config diff.sops.textconv 'node .flux-sops/flux-sops.mjs textconv'",
  "npx flux-sops textconv clusters/homelab/secrets/db.sops.yaml",
)}
`;

async function plaintextOf(file: string, bytes: Buffer): Promise<Buffer | null> {
  try {
    const { file: content, metadata } = readSopsFile(bytes, formatOf(file));
    if (metadata === null) return null;
    const text = decryptFile(content, metadata, await dataKeyOf(metadata));
    const plain = plaintextBytes(content, text);
    const recipients = [...metadata.age.map(({ recipient }) => recipient), ...metadata.foreign];
    const lines = recipients.map((recipient) => `# encrypted to ${printable(recipient)}\n`);
    const end = plain.length > 0 && plain.at(-1) !== 0x0a ? "\n" : "";
    return Buffer.concat([plain, Buffer.from(end + lines.join(""))]);
  } catch (error) {
    if (error instanceof SopsError) return null;
    throw error;
  }
}
