import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { armor, Decrypter, Encrypter } from "age-encryption";
import { encodeArmor } from "../../../sops/age/armor.ts";
import { encodeBech32 } from "../../../sops/age/bech32.ts";
import { seal } from "../../../sops/age/chacha20-poly1305.ts";
import { openFile, sealFile } from "../../../sops/age/file.ts";
import { base64, encodeHeader, type Stanza } from "../../../sops/age/header.ts";
import {
  newX25519Identity,
  parseX25519Identity,
  parseX25519Recipient,
  wrapFileKey,
  x25519RecipientText,
  type X25519Identity,
} from "../../../sops/age/x25519.ts";
import { runTool, testWith } from "../../real-tools.ts";

function openHere(armoured: string, ...identities: X25519Identity[]): Buffer | null {
  const plaintext = openFile(armoured, identities);
  return plaintext === null ? null : Buffer.from(plaintext);
}

interface Pair {
  readonly text: string;
  readonly identity: X25519Identity;
  readonly recipient: string;
}

function newPair(): Pair {
  const text = newX25519Identity();
  const identity = parseX25519Identity(text);
  if (identity === null) throw new Error("a new identity does not parse");
  return { text, identity, recipient: x25519RecipientText(identity.recipient) };
}

async function openWithAgeEncryption(armoured: string, identity: string): Promise<Buffer | null> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  try {
    return Buffer.from(await decrypter.decrypt(armor.decode(armoured)));
  } catch {
    return null;
  }
}

async function sealWithAgeEncryption(bytes: Uint8Array, recipient: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(bytes));
}

const PLAINTEXTS = [0, 1, 15, 32, 33, 47, 48, 49, 1000, 65_535, 65_536].map((length) =>
  Buffer.alloc(length, "data key "),
);

test("age-encryption opens what it seals, with the right identity only", async (t) => {
  const [mine, other] = [newPair(), newPair()];
  for (const plaintext of PLAINTEXTS) {
    const file = sealFile(plaintext, mine.identity.recipient);
    t.deepEqual(await openWithAgeEncryption(file, mine.text), plaintext);
    t.is(await openWithAgeEncryption(file, other.text), null);
  }
});

test("it opens what age-encryption seals, with the right identity only", async (t) => {
  const [mine, other] = [newPair(), newPair()];
  for (const plaintext of PLAINTEXTS) {
    const file = await sealWithAgeEncryption(plaintext, mine.recipient);
    t.deepEqual(openHere(file, other.identity, mine.identity), plaintext);
    t.is(openHere(file, other.identity), null);
    t.is(openHere(file), null);
  }
});

test("a file with one character changed, dropped or doubled is as unreadable here as there", async (t) => {
  const mine = newPair();
  const plaintext = Buffer.alloc(32, 7);
  const file = sealFile(plaintext, mine.identity.recipient);
  for (let at = 0; at < file.length; at += 1) {
    const changed = file.charAt(at) === "A" ? "B" : "A";
    for (const put of [changed, "", file.charAt(at).repeat(2), "\n", "="]) {
      const text = file.slice(0, at) + put + file.slice(at + 1);
      t.deepEqual(
        openHere(text, mine.identity),
        await openWithAgeEncryption(text, mine.text),
        text,
      );
    }
  }
});

/** A file whose header MAC and payload are right, whatever stanza it has. */
function fileWith(fileKey: Uint8Array, stanza: Stanza): string {
  const derived = (salt: Uint8Array, info: string) =>
    new Uint8Array(hkdfSync("sha256", fileKey, salt, info, 32));
  const header = encodeHeader([stanza]);
  const mac = createHmac("sha256", derived(Buffer.alloc(0), "header"))
    .update(header)
    .digest();
  const nonce = randomBytes(16);
  const counter = Buffer.from("000000000000000000000001", "hex");
  const payload = seal(derived(nonce, "payload"), counter, Buffer.from("data key"));
  return encodeArmor(Buffer.concat([header, Buffer.from(` ${base64(mac)}\n`), nonce, payload]));
}

test("a file key of another length, another type, one argument more, and Base64 that no encoder writes are refused though the MAC is right", async (t) => {
  const mine = newPair();
  const wrap = (length: number) => {
    const fileKey = randomBytes(length);
    return { fileKey, stanza: wrapFileKey(fileKey, mine.identity.recipient) };
  };
  const right = wrap(16);
  t.is(openHere(fileWith(right.fileKey, right.stanza), mine.identity)?.toString(), "data key");

  const long = wrap(32);
  const [type = "", share = ""] = right.stanza.args;
  // 32 bytes leave two bits of the last character unused: they have to be zero.
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const last = alphabet.charAt(alphabet.indexOf(share.slice(-1)) + 1);
  const loose = { ...right.stanza, args: [type, share.slice(0, -1) + last] };
  const otherType = { ...right.stanza, args: ["x25519", share] };
  const more = { ...right.stanza, args: [type, share, "more"] };
  for (const file of [
    fileWith(long.fileKey, long.stanza),
    ...[loose, otherType, more].map((stanza) => fileWith(right.fileKey, stanza)),
  ]) {
    t.is(openHere(file, mine.identity), null);
    t.is(await openWithAgeEncryption(file, mine.text), null);
  }
});

test("stanzas of other types and other recipients are passed over", async (t) => {
  const [mine, other] = [newPair(), newPair()];
  const encrypter = new Encrypter();
  encrypter.addRecipient({
    wrapFileKey: () => [{ args: ["example.com/other", "x"], body: new Uint8Array(48) }],
  });
  encrypter.addRecipient(other.recipient);
  encrypter.addRecipient(mine.recipient);
  const file = armor.encode(await encrypter.encrypt("data key"));
  t.is(openHere(file, mine.identity)?.toString(), "data key");
});

test("white space around a file and CRLF do no harm", (t) => {
  const mine = newPair();
  const file = sealFile(Buffer.from("data key"), mine.identity.recipient);
  const text = `\n  ${file.replaceAll("\n", "\r\n")}\n\n`;
  t.is(openHere(text, mine.identity)?.toString(), "data key");
});

test("keys are read as age-encryption reads them, malformed ones not at all", (t) => {
  const mine = newPair();
  t.is(parseX25519Identity(mine.recipient), null);
  t.is(parseX25519Identity(mine.text.toLowerCase()), null);
  t.is(parseX25519Recipient(mine.text), null);
  t.is(parseX25519Recipient(mine.recipient.toUpperCase()), null);
  for (let at = 0; at < mine.recipient.length; at += 1) {
    const changed = mine.recipient.charAt(at) === "q" ? "p" : "q";
    const text = mine.recipient.slice(0, at) + changed + mine.recipient.slice(at + 1);
    t.is(parseX25519Recipient(text), null);
  }
});

test("a recipient of low order is refused", (t) => {
  // The point 0: every shared secret with it is zero.
  const recipient = parseX25519Recipient(encodeBech32("age", new Uint8Array(32)));
  t.throws(() => recipient !== null && sealFile(Buffer.alloc(32), recipient));
});

testWith("age")("real age opens what it seals, and it opens what real age seals", (t) => {
  const mine = newPair();
  const folder = mkdtempSync(join(tmpdir(), "flux-sops-age-"));
  t.teardown(() => {
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, "file.age");
  writeFileSync(path, sealFile(Buffer.from("data key"), mine.identity.recipient));
  // The identity comes from standard input.
  t.is(runTool("age", ["--decrypt", "-i", "-", path], { input: `${mine.text}\n` }), "data key");
  const sealed = runTool("age", ["--armor", "-r", mine.recipient], { input: "data key" });
  t.is(openHere(sealed, mine.identity)?.toString(), "data key");
});
