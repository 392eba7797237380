import test from "ava";
import { listResource } from "../../../scaffold/addition/list-resource.ts";

const head = "# mine\nkind: Kustomization\n";

const cases: Record<string, [before: string, after: string | null]> = {
  "an empty flow list": [`${head}resources: []\n`, `${head}resources:\n  - web\n`],
  "an empty flow list with a comment": [
    `${head}resources: [] # none\nnamespace: x\n`,
    `${head}resources:\n  - web # none\nnamespace: x\n`,
  ],
  "an empty flow list with a comment in it": [`${head}resources: [\n  # none\n]\n`, null],
  "an alias of nothing": [`${head}resources:\n  - a\nlabels: *none\n`, null],
  "a flow list": [`${head}resources: [a, b]\n`, `${head}resources: [a, b, web]\n`],
  "a block list with comments": [
    `${head}resources:\n    # first\n    - a # one\n\n# end\nnamespace: x\n`,
    `${head}resources:\n    # first\n    - a # one\n    - web\n\n# end\nnamespace: x\n`,
  ],
  "a list without indentation, and no line break at the end": [
    "resources:\n- a",
    "resources:\n- a\n- web\n",
  ],
  CRLF: ["resources:\r\n  - a\r\n", "resources:\r\n  - a\r\n  - web\r\n"],
  "resources without a value": [
    `resources: # none yet\nnamespace: x\n`,
    `resources: # none yet\n  - web\nnamespace: x\n`,
  ],
  "no resources": [head, `${head}resources:\n  - web\n`],
  "listed already": [`${head}resources: [./web/]\n`, `${head}resources: [./web/]\n`],
  "two documents": ["a: 1\n---\nb: 2\n", null],
  "a list of something else": ["- a\n", null],
  "a text where a list belongs": ["resources: web\n", null],
  broken: ["resources: [\n", null],
};

for (const [title, [before, after]] of Object.entries(cases)) {
  test(title, (t) => t.is(listResource(before, "web"), after));
}
