import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { Decrypter, Encrypter } from "age-encryption";
import { generateKeyPair } from "../../sops/identity.ts";
import { X25519Recipient } from "../../sops/x25519-recipient.ts";
import { runTool, testWith } from "../real-tools.ts";

test("age-encryption opens what it wraps, with the right identity only", async (t) => {
  const pair = await generateKeyPair();
  const other = await generateKeyPair();
  for (let run = 0; run < 20; run += 1) {
    const encrypter = new Encrypter();
    encrypter.addRecipient(new X25519Recipient(pair.recipient));
    const file = await encrypter.encrypt("data key");
    const decrypter = new Decrypter();
    decrypter.addIdentity(pair.identity);
    t.is(await decrypter.decrypt(file, "text"), "data key");
    const stranger = new Decrypter();
    stranger.addIdentity(other.identity);
    await t.throwsAsync(stranger.decrypt(file));
  }
});

test("a recipient of low order is refused", (t) => {
  // The point 0: every shared secret with it is zero.
  const recipient = new X25519Recipient(`age1${"q".repeat(52)}cccccc`);
  t.throws(() => recipient.wrapFileKey(new Uint8Array(16)));
});

testWith("age")("real age opens what it wraps", async (t) => {
  const pair = await generateKeyPair();
  const encrypter = new Encrypter();
  encrypter.addRecipient(new X25519Recipient(pair.recipient));
  const file = await encrypter.encrypt("data key");
  const folder = mkdtempSync(join(tmpdir(), "flux-sops-age-"));
  t.teardown(() => {
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, "file.age");
  writeFileSync(path, file);
  // The identity comes from standard input.
  t.is(runTool("age", ["--decrypt", "-i", "-", path], { input: `${pair.identity}\n` }), "data key");
});
