// `npm run bench`: decrypting one file, as loops over files and `git diff` do it, beside a bare
// `node -e 0` and beside real sops.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateKeyPair } from "../sops/age/identity.ts";
import { realTool } from "../test/installed-tools.ts";
import { inPlace, TOOL } from "./place.ts";
import { report, sideBySide, timed } from "./timing.ts";

const RUNS = 61;

await inPlace(async (place) => {
  const { folder } = place;
  const pair = await generateKeyPair();
  const env = { ...place.env, SOPS_AGE_KEY: pair.identity };
  const at = { cwd: folder, env };
  writeFileSync(
    join(folder, "secret.sops.yaml"),
    `apiVersion: v1\nkind: Secret\nmetadata:\n  name: one\nstringData:\n  password: "hunter2"\n`,
  );
  timed("node", [TOOL, "encrypt", "-i", "--age", pair.recipient, "secret.sops.yaml"], at);

  const sops = realTool("sops");
  const [ours = NaN, bare = NaN, theirs = NaN] = sideBySide(RUNS, [
    () => timed("node", [TOOL, "decrypt", "secret.sops.yaml"], at),
    () => timed("node", ["-e", "0"], at),
    ...(sops === null ? [] : [() => timed(sops, ["decrypt", "secret.sops.yaml"], at)]),
  ]);
  report("decrypt one file", ours, "node -e 0", bare, 1.6);
  if (sops !== null) report("decrypt one file", ours, "sops", theirs, null);
});
