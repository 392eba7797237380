import test from "ava";
import { literalFolder } from "../../../sops/creation-rules/pattern-text.ts";

const FOLDERS: readonly (readonly [pattern: string, folder: string])[] = [
  [String.raw`^clusters/home/(secrets/.*|.*\.sops)\.ya?ml$`, "clusters/home/"],
  [String.raw`^clusters/home-1\.2/.*`, "clusters/home-1.2/"],
  [String.raw`kubernetes\/.*\.yaml`, "kubernetes/"],
  ["^a/b", "a/"],
  ["^a/b/?c", "a/"],
  ["^a/b*/c", "a/"],
  ["^a/b+/c", "a/"],
  ["^a/[b]/c", "a/"],
  ["^(a|b)/c", ""],
  ["^a/c|^b/c", ""],
  ["(?i)^a/c", ""],
  [String.raw`.*\.sops\.ya?ml$`, ""],
  [String.raw`\d/a/`, ""],
  ["", ""],
];

for (const [pattern, folder] of FOLDERS) {
  test(`the folder of ${pattern}`, (t) => {
    t.is(literalFolder(pattern), folder);
  });
}
