import test from "ava";
import { unwrapDataKey } from "../../sops/data-key.ts";
import { decryptFile } from "../../sops/decrypt.ts";
import { encryptFile } from "../../sops/encrypt.ts";
import { parseFile } from "../../sops/format.ts";
import { generateKeyPair, type KeyPair } from "../../sops/age/identity.ts";
import { rewrap } from "../../sops/rewrap.ts";
import { readSopsFile } from "../../sops/sops-file.ts";

const PLAIN = "data:\n  a: hunter2\n";
const [one, two, three] = [
  await generateKeyPair(),
  await generateKeyPair(),
  await generateKeyPair(),
];

async function encryptedFor(...pairs: readonly KeyPair[]): Promise<string> {
  const recipients = pairs.map(({ recipient }) => recipient);
  const rule = { recipients, selection: null, macOnlyEncrypted: false };
  return (await encryptFile(parseFile(PLAIN, "yaml", null), rule)).text;
}

function read(text: string) {
  const { file, metadata } = readSopsFile(Buffer.from(text), "yaml");
  if (metadata === null) throw new Error("no sops block");
  return { file, metadata };
}

/** The file with other recipients, and how often its data key was asked for. */
async function rewrapped(text: string, pairs: readonly KeyPair[]) {
  const { file, metadata } = read(text);
  let asked = 0;
  const recipients = pairs.map(({ recipient }) => recipient);
  const result = await rewrap(file, metadata, recipients, async () => {
    asked += 1;
    const dataKey = await unwrapDataKey(metadata, [one]);
    if (dataKey === null) throw new Error("no data key");
    return dataKey;
  });
  return { text: result, asked, entries: read(result).metadata.age, before: metadata.age };
}

test("the recipients that a file has already leave every byte as it is", async (t) => {
  const text = await encryptedFor(one, two);
  for (const pairs of [
    [one, two],
    [two, one],
    [one, two, one],
  ]) {
    t.like(await rewrapped(text, pairs), { text, asked: 0 });
  }
});

test("one recipient less needs no private key", async (t) => {
  const text = await encryptedFor(one, two);
  const { before } = await rewrapped(text, [one, two]);
  const fewer = await rewrapped(text, [two]);
  t.deepEqual(fewer.entries, before.slice(1));
  t.is(fewer.asked, 0);
});

test("a new recipient gets a copy of the data key, and the others keep theirs", async (t) => {
  const text = await encryptedFor(one, two);
  const { entries, before, asked, text: result } = await rewrapped(text, [two, three, one]);
  t.deepEqual([entries[2], entries[0]], [...before]);
  t.is(entries[1]?.recipient, three.recipient);
  t.is(asked, 1);
  const { file, metadata } = read(result);
  const dataKey = await unwrapDataKey({ ...metadata, age: entries.slice(1, 2) }, [three]);
  t.is(decryptFile(file, metadata, dataKey ?? new Uint8Array()), PLAIN);
});

test("a file for nobody is refused", async (t) => {
  const text = await encryptedFor(one);
  await t.throwsAsync(rewrapped(text, []), { code: "bad-config" });
});
