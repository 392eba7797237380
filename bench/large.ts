// `npm run bench`: a binary file of 10 MB and a YAML file of 20,000 values, encrypted and decrypted
// by the built tool and by real sops.
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateKeyPair } from "../sops/age/identity.ts";
import { realTool } from "../test/installed-tools.ts";
import { inPlace, TOOL } from "./place.ts";
import { report, sideBySide, timed } from "./timing.ts";

const RUNS = 5;
const BINARY_BYTES = 10 * 1024 * 1024;
/** 200 groups of ten parts with ten values each. */
const GROUPS = 200;

/** Nested, quoted and not, numbers and lists among the values, comments here and there. */
function largeYaml(): string {
  const lines: string[] = [];
  for (let group = 0; group < GROUPS; group += 1) {
    lines.push(`# What group ${group} is for`, `group${group}:`);
    for (let part = 0; part < 10; part += 1) {
      lines.push(`  part${part}:`);
      if (part === 5) lines.push(`    # rotated every month`);
      for (let value = 0; value < 7; value += 1) {
        const text = `value ${group}-${part}-${value}`;
        lines.push(`    key${value}: ${value % 2 === 0 ? `"${text}"` : text}`);
      }
      lines.push(`    port: ${8000 + part}`, `    hosts:`);
      lines.push(`      - one.example.com`, `      - two.example.com # the second`);
    }
  }
  return `${lines.join("\n")}\n`;
}

await inPlace(async (place) => {
  const { folder } = place;
  const pair = await generateKeyPair();
  const env = {
    ...place.env,
    SOPS_AGE_KEY: pair.identity,
    SOPS_AGE_RECIPIENTS: pair.recipient,
  };
  const at = { cwd: folder, env };
  const sops = realTool("sops");
  const inputs = { "large.bin": randomBytes(BINARY_BYTES), "large.yaml": largeYaml() };
  for (const [name, content] of Object.entries(inputs)) {
    writeFileSync(join(folder, name), content);
    const encrypted = `encrypted-${name}`;
    const output = `decrypted-${name}`;
    timed("node", [TOOL, "encrypt", "--output", encrypted, name], at);
    const [encrypts = NaN, decrypts = NaN, sopsEncrypts = NaN, sopsDecrypts = NaN] = sideBySide(
      RUNS,
      [
        () => timed("node", [TOOL, "encrypt", "--output", output, name], at),
        () => {
          const took = timed("node", [TOOL, "decrypt", "--output", output, encrypted], at);
          if (!readFileSync(join(folder, output)).equals(Buffer.from(content))) {
            throw new Error(`${name} does not come back as it was`);
          }
          return took;
        },
        ...(sops === null
          ? []
          : [
              () => timed(sops, ["encrypt", "--output", output, name], at),
              () => timed(sops, ["decrypt", "--output", output, encrypted], at),
            ]),
      ],
    );
    if (sops === null) {
      console.log("real sops is not installed: nothing to compare with");
      continue;
    }
    report(`encrypt ${name}`, encrypts, "sops", sopsEncrypts, 1);
    report(`decrypt ${name}`, decrypts, "sops", sopsDecrypts, 1);
  }
});
