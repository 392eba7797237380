import test from "ava";
import { readKustomizationFile } from "../../../flux/kustomization-file.ts";
import { pathFromText } from "../../../git/path.ts";
import { mayFeedSecret } from "../../../hooks/kustomize/kustomizations.ts";
import { secretSources } from "../../../hooks/kustomize/secret-sources.ts";

/** What a secretGenerator names a file, and the name that this is. */
const NAMES: Readonly<Record<string, string>> = {
  "a.conf": "a.conf",
  "key=settings/ü.conf": "settings/ü.conf",
  "'it''s.conf'": "it's.conf",
  "'two  words.conf'": "two  words.conf",
  "two\n        words.conf": "two words.conf",
  '"two\n        words.conf"': "two words.conf",
  '"\\x61.conf"': "a.conf",
};

for (const [written, name] of Object.entries(NAMES)) {
  test(`a file that a secretGenerator names is asked about: ${JSON.stringify(written)}`, (t) => {
    const path = pathFromText("apps/kustomization.yaml");
    const text = `secretGenerator:\n  - name: a\n    files:\n      - ${written}\n`;
    const bytes = Buffer.from(text);
    const [named] = readKustomizationFile(path, bytes).generators;
    t.is(named?.value, name);
    const kustomization = { path, oid: "", bytes };
    t.true(mayFeedSecret(pathFromText(`apps/${name}`), [kustomization]));
    t.false(mayFeedSecret(pathFromText("other/a.conf"), [kustomization]));
  });
}

test("a kustomization in UTF-16 is read, as kustomize reads it", (t) => {
  const path = pathFromText("apps/kustomization.yaml");
  const text = "\ufeffsecretGenerator:\n  - name: a\n    envs: [a.env]\n";
  const kustomization = { path, oid: "", bytes: Buffer.from(text, "utf16le") };
  t.deepEqual(
    secretSources(kustomization, () => []).map((source) => source.path),
    [pathFromText("apps/a.env")],
  );
  t.true(mayFeedSecret(pathFromText("apps/a.env"), [kustomization]));
  t.false(mayFeedSecret(pathFromText("apps/b.env"), [kustomization]));
});
