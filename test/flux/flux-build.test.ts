import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { generateKeyPair } from "../../sops/identity.ts";
import { fluxBuild, type AppliedObject } from "../flux-build.ts";
import { testWith } from "../real-tools.ts";
import { ciphertextCases, filesOf } from "./ciphertext-cases.ts";

/** Writes files below a new folder, which is removed when the test is over. */
function folderOf(
  t: { teardown(cleanUp: () => void): void },
  files: Readonly<Record<string, string>>,
): string {
  const folder = mkdtempSync(join(tmpdir(), "flux-sops-build-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function valueIn(objects: readonly AppliedObject[], place: string): unknown {
  const [name = "", field = ""] = place.split(" ");
  return objects.find((one) => `${one.kind}/${one.metadata.name}` === name)?.[field];
}

for (const [index, one] of ciphertextCases.entries()) {
  testWith("flux-build")(`Flux: ${one.title} (${index})`, async (t) => {
    const { identity, recipient } = await generateKeyPair();
    const files = { ...(await filesOf(one, recipient)), "key.agekey": `${identity}\n` };
    const folder = folderOf(t, files);
    const built = fluxBuild(folder, "cluster", {
      keyFile: join(folder, "key.agekey"),
      strict: true,
    });
    const app = built.find(({ name }) => name === "flux-system/app");
    const said = `${app?.status} ${app?.error}\n${JSON.stringify(app?.objects)}`;
    t.is(app?.status, one.refuses === undefined ? "built" : "failed", said);
    if (one.refuses !== undefined) t.regex(app?.error ?? "", one.refuses);
    t.deepEqual([...(app?.ciphertext ?? [])].sort(), one.ciphertext ?? []);
    if (one.invalid === undefined) t.deepEqual(app?.invalid, []);
    else t.regex(app?.invalid.join("\n") ?? "", one.invalid);
    for (const [place, value] of Object.entries(one.values ?? {})) {
      t.deepEqual(valueIn(app?.objects ?? [], place), value, place);
    }
  });
}
