import test from "ava";
import { encryptPlaintext, inspectEncrypted } from "../../hooks/encrypt-entry.ts";
import { parseRuleFile } from "../../sops/creation-rules/creation-rules.ts";
import { encryptFile } from "../../sops/encrypt.ts";
import { parseFile } from "../../sops/format.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { plaintextLeaves, readSopsFile } from "../../sops/sops-file.ts";

const mine = await generateKeyPair();
const other = await generateKeyPair();

const PLAIN =
  "kind: Secret\nmetadata:\n  name: db\nstringData:\n  user: admin\n  password: hunter2\n";

/** Readable beside `stringData`; the MAC is over all of it. */
async function encrypt(text: string, recipients = [mine.recipient]): Promise<string> {
  const selection = { option: "encrypted_regex", pattern: "^stringData$" } as const;
  const file = parseFile(text, "yaml", null);
  return (await encryptFile(file, { recipients, selection, macOnlyEncrypted: false })).text;
}

async function inspected(text: string, before: string | null, identities = [mine]) {
  const { file, metadata } = readSopsFile(Buffer.from(text), "yaml");
  if (metadata === null) throw new Error("no sops block");
  const version = before === null ? null : { bytes: Buffer.from(before), format: "yaml" as const };
  const added = plaintextLeaves(file, metadata).length > 0;
  return inspectEncrypted(file, metadata, added, version, identities);
}

function tokenOf(text: string, key: string): string {
  return new RegExp(`${key}: (ENC\\S+)`).exec(text)?.[1] ?? "no token";
}

const before = await encrypt(PLAIN);
const edited = before.replace("name: db", "name: cache");

test("what is whole verifies, with the last version or without, and not without a key", async (t) => {
  for (const last of [before, null]) {
    t.like(await inspected(before, last), { kind: "verified" });
    t.like(await inspected(before, last, [other, mine]), { kind: "verified" });
    t.like(await inspected(before, last, [other]), { kind: "unverified" });
  }
});

test("a readable part that was edited is signed anew, and named", async (t) => {
  const sealed = await inspected(edited, before);
  t.like(sealed, { kind: "sealed", changed: ["metadata.name"] });
  if (sealed.kind !== "sealed") return;
  t.like(await inspected(sealed.result.text, null), { kind: "verified" });
  for (const key of ["user", "password"]) {
    t.is(tokenOf(sealed.result.text, key), tokenOf(before, key));
  }
});

test("a part that was dropped or added is named too, once", async (t) => {
  const dropped = before.replace(/ {2}user: .*\n/, "");
  t.like(await inspected(dropped, before), { kind: "sealed", changed: ["stringData.user"] });
  const added = before.replace("kind: Secret\n", "kind: Secret\ntype: Opaque\n");
  t.like(await inspected(added, before), { kind: "sealed", changed: ["type"] });
});

test("plaintext that was added is encrypted, and named, whether the last version is known or not", async (t) => {
  const added = before.replace("stringData:\n", "stringData:\n  token: hunter3\n  empty: ''\n");
  for (const last of [before, null]) {
    const sealed = await inspected(added, last);
    t.like(sealed, { kind: "sealed", changed: ["stringData.token"] });
    t.false(sealed.kind === "sealed" && sealed.result.text.includes("hunter3"));
  }
  // Beside an edit of a readable part, only where that may be signed.
  const both = added.replace("name: db", "name: cache");
  t.like(await inspected(both, before), {
    kind: "sealed",
    changed: ["metadata.name", "stringData.token"],
  });
  t.like(await inspected(both, null), { kind: "broken", decrypts: true });
});

test("an edit is not signed without a last version that shows what it was", async (t) => {
  const notWhole = before.replace("kind: Secret", "kind: ConfigMap");
  for (const last of [null, PLAIN, "a: [", notWhole, await encrypt(PLAIN, [other.recipient])]) {
    t.like(await inspected(edited, last), { kind: "broken", decrypts: true }, last ?? "none");
  }
});

test("ciphertext that did not stand in the last version is not signed", async (t) => {
  // The same key and place, from another time: it decrypts.
  const { file } = readSopsFile(Buffer.from(PLAIN.replace("hunter2", "hunter1")), "yaml");
  const [rule] = rulesFor([mine.recipient]);
  if (rule === undefined) throw new Error("no rule");
  const last = { bytes: Buffer.from(before), format: "yaml" as const };
  const older = (await encryptPlaintext(file, rule, last, [mine])).text;
  const moved = before.replace(tokenOf(before, "password"), tokenOf(older, "password"));
  t.not(moved, before);
  t.like(await inspected(moved, before), { kind: "broken", decrypts: true });
});

test("a value that does not decrypt where it stands is broken, in its line", async (t) => {
  const swapped = before.replace(tokenOf(before, "password"), tokenOf(before, "user"));
  t.like(await inspected(swapped, before), { kind: "broken", decrypts: false, line: 6 });
});

function rulesFor(recipients: readonly string[]) {
  return (
    parseRuleFile(
      `creation_rules:\n  - encrypted_regex: ^stringData$\n    age: ${recipients.join(",")}\n`,
    ).rules ?? []
  );
}

test("what is unchanged keeps its ciphertext, unless somebody was removed, or it cannot be opened", async (t) => {
  const both = await encrypt(PLAIN, [mine.recipient, other.recipient]);
  const encrypted = async (last: string | null, recipients: readonly string[], here = [mine]) => {
    const [rule] = rulesFor(recipients);
    if (rule === undefined) throw new Error("no rule");
    const file = parseFile(PLAIN.replace("hunter2", "hunter3"), "yaml", null);
    const version = last === null ? null : { bytes: Buffer.from(last), format: "yaml" as const };
    const { text, unchanged } = await encryptPlaintext(file, rule, version, here);
    return { text, unchanged };
  };
  const kept = await encrypted(both, [mine.recipient, other.recipient]);
  t.is(kept.unchanged, 1);
  t.is(tokenOf(kept.text, "user"), tokenOf(both, "user"));
  t.not(tokenOf(kept.text, "password"), tokenOf(both, "password"));
  t.is((await encrypted(before, [mine.recipient, other.recipient])).unchanged, 1);
  t.is((await encrypted(both, [mine.recipient])).unchanged, 0);
  t.is((await encrypted(before, [mine.recipient], [other])).unchanged, 0);
  const swapped = before.replace(tokenOf(before, "password"), tokenOf(before, "user"));
  for (const last of [null, PLAIN, "a: [", swapped]) {
    t.is((await encrypted(last, [mine.recipient])).unchanged, 0);
  }
});
