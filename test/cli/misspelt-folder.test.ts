import test from "ava";
import { folderMeant } from "../../cli/doctor/misspelt-folder.ts";

const FOLDERS = new Set([
  "",
  "clusters/",
  "clusters/homelab/",
  "clusters/prod-1/",
  "apps/",
  "talos/",
]);

const MEANT: readonly (readonly [folder: string, meant: string | null])[] = [
  ["cluster/homelab/", "clusters/homelab/"],
  ["clusters/homlab/", "clusters/homelab/"],
  ["clusters/hoemlab/secrets/", "clusters/homelab/"],
  ["clusters/home-lab/", "clusters/homelab/"],
  ["Clusters/homelab/", "clusters/homelab/"],
  ["homelab/", "clusters/homelab/"],
  ["app/", "apps/"],
  ["/clusters/homelab/", "clusters/homelab/"],
  // Outside of the repository.
  ["/dev/", null],
  ["/tmp/", null],
  ["/", null],
  // There, or to come.
  ["clusters/homelab/", null],
  ["clusters/homelab/secrets/", null],
  ["clusters/prod-2/", null],
  ["clusters/prod-10/", null],
  ["talos/prod/", null],
  ["infrastructure/", null],
];

for (const [folder, meant] of MEANT) {
  test(`${folder} where it is not there: ${String(meant)}`, (t) => {
    t.is(folderMeant(folder, FOLDERS), meant);
  });
}
