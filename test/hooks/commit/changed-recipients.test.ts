import test from "ava";
import { inspectEncrypted } from "../../../hooks/encrypt-entry.ts";
import { encryptFile } from "../../../sops/encrypt.ts";
import { parseFile } from "../../../sops/format.ts";
import { generateKeyPair, type KeyPair } from "../../../sops/age/identity.ts";
import { readSopsFile } from "../../../sops/sops-file.ts";

const old = await generateKeyPair();
const next = await generateKeyPair();
const other = await generateKeyPair();

/** A file for some keys, with recipients changed in it as sed does, looked into with the keys here. */
async function seen(
  recipients: readonly KeyPair[],
  swaps: readonly (readonly [KeyPair, KeyPair])[],
  here: readonly KeyPair[],
) {
  const plain = parseFile("a: hunter2\n", "yaml", null);
  const rule = {
    recipients: recipients.map(({ recipient }) => recipient),
    selection: null,
    macOnlyEncrypted: true,
  };
  let { text } = await encryptFile(plain, rule);
  for (const [from, to] of swaps) text = text.replaceAll(from.recipient, to.recipient);
  const { file, metadata } = readSopsFile(Buffer.from(text), "yaml");
  if (metadata === null) throw new Error("it is not encrypted");
  const inspection = await inspectEncrypted(file, metadata, false, null, here);
  return inspection.kind === "broken" ? inspection.message : inspection.kind;
}

test("a recipient that was changed in the file: seen by either key, and beside a right one", async (t) => {
  t.regex(
    await seen([old], [[old, next]], [next]),
    /^it names age1\S+… and is encrypted for another/,
  );
  t.regex(
    await seen([old], [[old, next]], [old]),
    /^age1\S+… reads it, and it does not name that key/,
  );
  t.regex(await seen([other, old], [[old, next]], [next, other]), /^it names /);
  t.true((await seen([old], [[old, next]], [next])).includes(next.recipient.slice(0, 12)));
});

test("recipients as they were, whoever looks", async (t) => {
  t.is(await seen([old, other], [], [other]), "verified");
  t.is(await seen([old, other], [], [next, other, old]), "verified");
  t.is(await seen([old], [], [next]), "unverified");
  t.is(await seen([old], [[old, next]], [other]), "unverified");
});
