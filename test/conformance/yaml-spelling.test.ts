import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { unwrapDataKey } from "../../sops/data-key.ts";
import { decryptFile } from "../../sops/decrypt.ts";
import { encryptFile } from "../../sops/encrypt.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import { runTool, testWith } from "../real-tools.ts";

const pair = await generateKeyPair();
const folder = mkdtempSync(join(tmpdir(), "flux-sops-spelling-"));
test.after.always(() => {
  rmSync(folder, { recursive: true, force: true });
});
const env = { PATH: process.env["PATH"], HOME: folder, SOPS_AGE_KEY: pair.identity };

async function decrypt(text: string): Promise<string> {
  const { file, metadata } = readSopsFile(Buffer.from(text), "yaml");
  if (metadata === null) throw new Error("no metadata");
  const dataKey = await unwrapDataKey(metadata, [pair]);
  if (dataKey === null) throw new Error("no data key");
  return decryptFile(file, metadata, dataKey);
}

testWith("sops")("sops reads a YAML file with recorded spellings, and drops them", async (t) => {
  for (const text of [
    'a: "\\x41\\/"\nb: >-\n  one\n  two\n',
    "a: 0x10\n---\nb: 1.10\n",
    '{"a": "\\u0041"}\n',
  ]) {
    const { file } = readSopsFile(Buffer.from(text), "yaml");
    const encryption = { recipients: [pair.recipient], selection: null, macOnlyEncrypted: false };
    const encrypted = (await encryptFile(file, encryption)).text;
    t.true(encrypted.includes("flux_sops_spelling"));
    t.is(await decrypt(encrypted), text);

    const path = join(folder, "file.yaml");
    writeFileSync(path, encrypted);
    const shown = runTool("sops", ["decrypt", path], { env });
    t.regex(shown, /^a: "?(A\/|16|A)"?$/m);
    t.false(/ENC\[|flux_sops/.test(shown));
    runTool("sops", ["rotate", "--in-place", path], { env });
    const rotated = readFileSync(path, "utf8");
    t.false(rotated.includes("flux_sops"));
    t.regex(await decrypt(rotated), /^a: "?(A\/|16|A)"?$/m);
  }
});

testWith("sops")(
  "what sops has encrypted comes back with the quotes that sops gives it",
  async (t) => {
    const words = ["y", "No", "ON", "off", "yEs", "12:30", "-1:20.5", "1:60", "true", "1.0", "="];
    const path = join(folder, "words.yaml");
    writeFileSync(path, words.map((word, index) => `k${index}: "${word}"\n`).join(""));
    runTool("sops", ["encrypt", "--age", pair.recipient, "--in-place", path], { env });
    t.is(await decrypt(readFileSync(path, "utf8")), runTool("sops", ["decrypt", path], { env }));
  },
);

testWith("sops")(
  "a comment of several lines, which sops makes of one of INI, stays a comment",
  async (t) => {
    const path = join(folder, "comments.ini");
    writeFileSync(path, "; one\n; two\n\n[s]\n; three\n;\n; # four\na = x\n");
    const types = ["--input-type", "ini", "--output-type", "yaml"];
    const encrypted = runTool("sops", ["encrypt", "--age", pair.recipient, ...types, path], {
      env,
    });
    writeFileSync(path, encrypted);
    const yaml = ["--input-type", "yaml", "--output-type", "yaml"];
    t.is(await decrypt(encrypted), runTool("sops", ["decrypt", ...yaml, path], { env }));
  },
);
