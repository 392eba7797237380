import test from "ava";
import { generateHybridIdentity } from "age-encryption";
import { generateKeyPair, parseKeyFile, readKeyFile } from "../../../sops/age/identity.ts";
import { SopsError } from "../../../sops/errors.ts";

const [own, other] = [await generateKeyPair(), await generateKeyPair()];
const PLUGIN = "AGE-PLUGIN-YUBIKEY-1QQQ";

test("a key file holds identities in their order, among comments, white space and Windows line ends", async (t) => {
  const hybrid = await generateHybridIdentity();
  const text = `# created: today\n\n  ${own.identity}\t\n#${PLUGIN}\n${hybrid}\r\n# x\r\n${other.identity}`;
  const { pairs, pluginLines } = await readKeyFile(text);
  t.deepEqual(
    pairs.map(({ identity }) => identity),
    [own.identity, hybrid, other.identity],
  );
  t.is(pairs[0]?.recipient, own.recipient);
  t.regex(pairs[1]?.recipient ?? "", /^age1pq1/);
  t.deepEqual(pluginLines, []);
  t.deepEqual(await parseKeyFile(text), pairs);
  t.deepEqual(await readKeyFile("\n# nothing\n"), { pairs: [], pluginLines: [] });
});

test("a plugin's identity is passed over with its line, and refused where Flux would get it", async (t) => {
  const text = `# a\n${PLUGIN}\n${own.identity}\n${PLUGIN}\n`;
  t.deepEqual(await readKeyFile(text), { pairs: [own], pluginLines: [2, 4] });
  const error = await t.throwsAsync<SopsError>(parseKeyFile(text), {
    instanceOf: SopsError,
    code: "unsupported",
  });
  t.is(error?.line, 2);
});

for (const [what, line, message] of [
  ["no identity", own.recipient, /^the key file holds a line that is no age identity$/],
  ["text before an identity", `x ${own.identity}`, /that is no age identity$/],
  ["a mistyped identity", `${own.identity.slice(0, -1)}!`, /malformed: its checksum is wrong$/],
  ["a mistyped hybrid one", "AGE-SECRET-KEY-PQ-1QQQ", /malformed: its checksum is wrong$/],
] as const) {
  test(`a key file with ${what} is refused with its line, and without a word of it`, async (t) => {
    const error = await t.throwsAsync<SopsError>(readKeyFile(`${other.identity}\n#\n${line}\n`), {
      instanceOf: SopsError,
      code: "bad-key",
      message,
    });
    t.is(error?.line, 3);
  });
}

test("a key file with a passphrase is told from one that is malformed", async (t) => {
  for (const text of ["-----BEGIN AGE ENCRYPTED FILE-----\nYQ==\n", "\n age-encryption.org/v1\n"]) {
    const passphrase = { instanceOf: SopsError, code: "unsupported", message: /a passphrase$/ };
    await t.throwsAsync(readKeyFile(text), passphrase);
  }
  // A comment may speak of it.
  const told = `# not -----BEGIN AGE ENCRYPTED FILE-----\n${own.identity}\n`;
  t.deepEqual((await readKeyFile(told)).pairs, [own]);
});
