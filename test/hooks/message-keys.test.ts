import { generateKeyPairSync } from "node:crypto";
import test from "ava";
import { keysInMessage } from "../../hooks/message-keys.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";

test("both kinds of private keys are found in a message, and no word of what else is there", async (t) => {
  const { identity } = await generateKeyPair();
  const { privateKey } = generateKeyPairSync("ed25519");
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const found = (text: string) =>
    keysInMessage(Buffer.from(`Subject\n\n${text}\n`), "the message of a commit");
  for (const [text, rule] of [
    [identity, "age-key"],
    [pem, "private-key"],
  ] as const) {
    const [finding, ...others] = found(text);
    t.like(finding, { rule, severity: "error", line: null });
    t.regex(finding?.message ?? "", /, in the message of a commit$/);
    t.deepEqual(others, []);
  }
  t.deepEqual(found("kind: Secret\nstringData:\n  password: hunter2"), []);
  t.deepEqual(found("Do not take a PRIVATE KEY nor an AGE-SECRET-KEY-1 for one"), []);
});
