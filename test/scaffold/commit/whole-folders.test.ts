import test from "ava";
import { wholeFolders } from "../../../scaffold/commit/whole-folders.ts";

const OURS = [
  ".flux-sops/a.mjs",
  ".flux-sops/hooks/pre-commit",
  ".flux-sops/hooks/pre-push",
  ".github/workflows/flux-sops.yml",
  ".gitignore",
  "clusters/lab/apps.yaml",
  "clusters/lab/apps/kustomization.yaml",
  "clusters/lab/secrets.yaml",
];

const CASES: readonly [title: string, others: readonly string[], names: readonly string[]][] = [
  [
    "nothing else has changed",
    [],
    [".flux-sops", ".github/workflows/flux-sops.yml", ".gitignore", "clusters"],
  ],
  [
    "something else in a folder of it: that one is not taken whole",
    ["clusters/mine.yaml", ".flux-sops/hooks/mine"],
    [
      ".flux-sops/a.mjs",
      ".flux-sops/hooks/pre-commit",
      ".flux-sops/hooks/pre-push",
      ".github/workflows/flux-sops.yml",
      ".gitignore",
      "clusters/lab",
    ],
  ],
  [
    "a name that only begins like a folder",
    ["clusters.yaml", ".flux-sopsx/a"],
    [".flux-sops", ".github/workflows/flux-sops.yml", ".gitignore", "clusters"],
  ],
];

for (const [title, others, names] of CASES) {
  test(`folders in place of their files: ${title}`, (t) => {
    t.deepEqual(wholeFolders(OURS, [...others, ...OURS]), names);
  });
}
