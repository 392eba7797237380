// `npm run bench`: encrypting 1,000 Secrets of five values, by one command of ours and by one real
// `sops encrypt -i` a file.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateKeyPair } from "../sops/age/identity.ts";
import { realTool } from "../test/installed-tools.ts";
import { inPlace, TOOL } from "./place.ts";
import { report, sideBySide, timed } from "./timing.ts";

const FILES = 1000;
/** Real sops is timed on a part, one process a file, and scaled. */
const SOPS_FILES = 100;
const RUNS = 3;

await inPlace(async (place) => {
  const { folder } = place;
  const pair = await generateKeyPair();
  const env = { ...place.env, SOPS_AGE_KEY: pair.identity };
  writeFileSync(
    join(folder, ".sops.yaml"),
    `creation_rules:\n  - encrypted_regex: ^(data|stringData)$\n    mac_only_encrypted: true\n    age: ${pair.recipient}\n`,
  );
  mkdirSync(join(folder, "secrets"));
  const write = () => {
    for (let number = 0; number < FILES; number += 1) {
      const values = ["user", "password", "token", "url", "port"].map(
        (key) => `  ${key}: "${key} ${number}"\n`,
      );
      writeFileSync(
        join(folder, `secrets/s${number}.sops.yaml`),
        `apiVersion: v1\nkind: Secret\nmetadata:\n  name: s${number}\nstringData:\n${values.join("")}`,
      );
    }
  };
  const sops = realTool("sops");
  const [ours = NaN, theirs = NaN] = sideBySide(RUNS, [
    () => {
      write();
      return timed("node", [TOOL, "encrypt", "-i", "secrets"], { cwd: folder, env });
    },
    ...(sops === null
      ? []
      : [
          () => {
            write();
            let took = 0;
            for (let number = 0; number < SOPS_FILES; number += 1) {
              const file = `secrets/s${number}.sops.yaml`;
              took += timed(sops, ["encrypt", "-i", file], { cwd: folder, env });
            }
            return (took * FILES) / SOPS_FILES;
          },
        ]),
  ]);
  if (sops === null) console.log("real sops is not installed: nothing to compare with");
  else report("encrypt 1,000 Secrets", ours, "sops, one process each", theirs, 0.1);
});
