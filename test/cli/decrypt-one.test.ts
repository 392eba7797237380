import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { plaintextOf } from "../../cli/decrypt-one.ts";
import { encryptFile, type Encryption } from "../../sops/encrypt.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { readSopsFile } from "../../sops/sops-file.ts";

const pair = await generateKeyPair();
const folder = mkdtempSync(join(tmpdir(), "flux-sops-decrypt-one-"));
test.after.always(() => {
  rmSync(folder, { recursive: true, force: true });
});
const SECRET: Encryption = {
  recipients: [pair.recipient],
  selection: { option: "encrypted_regex", pattern: "^(data|stringData)$" },
  macOnlyEncrypted: true,
};
const PLAIN =
  'kind: Secret\nstringData:\n  # note\n  password: "hunter2"\n  cert: |\n    a\n    b\n';

let files = 0;

async function encrypted(plaintext: string, encryption = SECRET): Promise<string> {
  const { file } = readSopsFile(Buffer.from(plaintext), "yaml");
  return (await encryptFile(file, encryption)).text;
}

function written(text: string, name = `${(files += 1)}.sops.yaml`): string {
  writeFileSync(join(folder, name), text);
  return name;
}

const at = (file: string) => join(folder, file);
const short = (file: string, environment: NodeJS.ProcessEnv = { SOPS_AGE_KEY: pair.identity }) =>
  plaintextOf(at(file), { HOME: folder, ...environment });

test("an ordinary file is decrypted the short way", async (t) => {
  const file = written(await encrypted(PLAIN));
  t.is(await short(file), PLAIN);
});

test("a file whose every value is encrypted is decrypted the short way", async (t) => {
  const encryption = { ...SECRET, selection: null, macOnlyEncrypted: false };
  const file = written(await encrypted(PLAIN, encryption));
  t.is(await short(file), PLAIN);
});

test("what is unusual, or wrong, is left to the whole command, without a word", async (t) => {
  const text = await encrypted(PLAIN);
  const regex = { option: "encrypted_regex", pattern: "^(data|string.*)$" } as const;
  const cases: Readonly<Record<string, string>> = {
    "a plaintext": PLAIN,
    "a changed value": text.replace(/data:[\w+/]/, (start) =>
      start === "data:A" ? "data:B" : "data:A",
    ),
    "a changed MAC": text.replace(/mac: ENC\[AES256_GCM,data:[\w+/]/, (start) =>
      start.replace(/.$/, (last) => (last === "A" ? "B" : "A")),
    ),
    "a plaintext value in it": `${text.replace("stringData:\n", "stringData:\n  added: x\n")}`,
    "a pattern for RE2": await encrypted(PLAIN, { ...SECRET, selection: regex }),
    "a flow collection": await encrypted("stringData: {a: b}\n"),
    "a recorded spelling": await encrypted('stringData:\n  a: "\\u00e9"\n'),
    "another recipient": await encrypted(PLAIN, {
      ...SECRET,
      recipients: [(await generateKeyPair()).recipient],
    }),
    "bytes that are no text": "a: \xff",
  };
  for (const [name, content] of Object.entries(cases)) {
    const file = `${(files += 1)}.yaml`;
    writeFileSync(join(folder, file), Buffer.from(content, "latin1"));
    t.is(await short(file), null, name);
  }
  t.is(await short("missing.yaml"), null);
  mkdirSync(join(folder, "folder.yaml"));
  t.is(await short("folder.yaml"), null);
});

test("a key that can be read once is left to the whole command", async (t) => {
  const file = written(await encrypted(PLAIN));
  writeFileSync(join(folder, "key.txt"), `${pair.identity}\n`);
  const key = at("key.txt");
  t.is(await short(file, { SOPS_AGE_KEY_FILE: key }), PLAIN);
  t.is(await short(file, { SOPS_AGE_KEY_CMD: `cat ${key}` }), null);
  t.is(await short(file, { SOPS_AGE_KEY: pair.identity, SOPS_AGE_KEY_FILE: "/dev/null" }), null);
});

test("the short way is short: neither the YAML package nor RE2 is in its file", (t) => {
  const bundle = new URL("../../dist/decrypt-one.cjs", import.meta.url);
  t.true(statSync(bundle).size < 60_000, "see bench/decrypt.ts before this grows");
});
