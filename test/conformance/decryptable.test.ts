import test from "ava";
import { unwrapDataKey } from "../../sops/data-key.ts";
import { decryptFile } from "../../sops/decrypt.ts";
import { encryptFile, type Encryption } from "../../sops/encrypt.ts";
import { SopsError } from "../../sops/errors.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import { testWith } from "../real-tools.ts";
import fc, { seedOf } from "../seeded-fast-check.ts";
import { sopsBatch } from "../sops-batch.ts";
import { damagedYaml } from "./damaged-yaml.ts";

/** How many random documents, each damaged several times. */
const RUNS = Math.ceil(Number(process.env["FLUX_SOPS_CONFORMANCE_RUNS"] ?? 2000) / 20);
const RUNS_OF_ONE = 1000;

const pair = await generateKeyPair();
const sops = sopsBatch(pair.identity);
test.after.always(() => {
  sops.end();
});

/** By key: what stays readable is go-yaml's to read, too. */
const ENCRYPTIONS: readonly Encryption[] = [
  null,
  { option: "encrypted_regex", pattern: "^(data|stringData)[0-9]*$" } as const,
  { option: "unencrypted_regex", pattern: "^other" } as const,
  { option: "encrypted_regex", pattern: "^nothing$" } as const,
].map((selection) => ({ recipients: [pair.recipient], selection, macOnlyEncrypted: false }));

/** What is refused since go-yaml refuses it: nothing that sops encrypts. */
const REFUSED_BY_GO_YAML = /sops and Flux (?:cannot read|take spaces)/;

/** Encrypted and decrypted again by us; throws where we refuse it. */
async function throughOurs(text: string, encryption: Encryption) {
  const { file } = readSopsFile(Buffer.from(text), "yaml");
  const encrypted = (await encryptFile(file, encryption)).text;
  const read = readSopsFile(Buffer.from(encrypted), "yaml");
  const dataKey = read.metadata && (await unwrapDataKey(read.metadata, [pair]));
  if (read.metadata === null || dataKey === null) throw new Error("no data key");
  return { encrypted, back: decryptFile(read.file, read.metadata, dataKey) };
}

for (let first = 0; first < RUNS; first += RUNS_OF_ONE) {
  const runs = Math.min(RUNS_OF_ONE, RUNS - first);
  testWith("sops-batch")(
    `damaged documents ${first + 1} to ${first + runs}: what we encrypt sops decrypts, or it is refused`,
    async (t) => {
      const count = { decrypted: 0, refused: 0, refusedAsByGoYaml: 0 };
      const tryOne = async (text: string, encryption: Encryption) => {
        let ours: Awaited<ReturnType<typeof throughOurs>>;
        try {
          ours = await throughOurs(text, encryption);
        } catch (error) {
          if (!(error instanceof SopsError)) throw error;
          count.refused += 1;
          if (!REFUSED_BY_GO_YAML.test(error.message)) return;
          count.refusedAsByGoYaml += 1;
          t.true(error.line !== null, `${error.message} in:\n${text}`);
          const sealed = sops.encrypt(text, encryption);
          await t.throwsAsync(sealed, undefined, `${error.message} in:\n${text}`);
          return;
        }
        t.is(ours.back, text);
        await t.notThrowsAsync(sops.decrypt(ours.encrypted), ours.encrypted);
        count.decrypted += 1;
      };
      const property = fc.asyncProperty(
        damagedYaml(),
        fc.constantFrom(...ENCRYPTIONS),
        async (texts, encryption) => {
          for (const text of texts) await tryOne(text, encryption);
        },
      );
      const details = await fc.check(property, { numRuns: runs, ...seedOf(first) });
      t.log(`seed ${details.seed}: ${JSON.stringify(count)}`);
      t.false(details.failed, fc.defaultReportMessage(details));
      t.true(count.decrypted > runs, JSON.stringify(count));
      // Some thirteen in a hundred, and at times only four.
      t.true(count.refusedAsByGoYaml > runs / 50, JSON.stringify(count));
    },
  );
}
