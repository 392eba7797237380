import test from "ava";
import { presentRecipients } from "../../../scaffold/recipients/present.ts";
import type { Scope } from "../../../scaffold/destination/surroundings.ts";
import { rulesFor } from "../../../scaffold/wanted-rules.ts";
import { parseRuleFile } from "../../../sops/creation-rules/creation-rules.ts";
import { generateKeyPair } from "../../../sops/age/identity.ts";

const keys = await Promise.all([generateKeyPair(), generateKeyPair(), generateKeyPair()]);
const [OPS = "", PROD = "", STAGING = ""] = keys.map(({ recipient }) => recipient);

type Rule = readonly [pathRegex: string, ...recipients: string[]];

function recipientsFor(rules: readonly Rule[], scope: Scope = "joined") {
  const items = rules.map(
    ([pathRegex, ...recipients]) =>
      `  - path_regex: ${pathRegex}\n    age: ${recipients.join(",")}\n`,
  );
  const parsed = parseRuleFile(`creation_rules:\n${items.join("")}`).rules ?? [];
  return presentRecipients(parsed, scope, "homelab");
}

const scaffoldOf = (cluster: string, key: string): Rule[] =>
  rulesFor(cluster, []).map(({ pathRegex }) => [pathRegex, key]);

test("whom the rules name that are for no cluster alone", (t) => {
  t.deepEqual(recipientsFor([[".*\\.sops\\.yaml$", OPS]]), [OPS]);
  t.deepEqual(
    recipientsFor([
      ["secrets/", OPS, PROD],
      ["\\.env$", OPS, STAGING],
    ]),
    [OPS],
  );
});

test("another cluster's key is not given to a cluster that has no rules yet", (t) => {
  t.is(recipientsFor([["^clusters/prod/", PROD]]), null);
  t.is(recipientsFor(scaffoldOf("prod", PROD)), null);
  t.is(
    recipientsFor([
      ["^clusters/prod/", OPS, PROD],
      ["^clusters/staging/", OPS, STAGING],
    ]),
    null,
  );
  t.deepEqual(
    recipientsFor([
      ["^clusters/prod/", OPS, PROD],
      ["\\.sops\\.yaml$", OPS],
    ]),
    [OPS],
  );
  t.is(
    recipientsFor([
      ["secrets/a/", PROD],
      ["secrets/b/", STAGING],
    ]),
    null,
  );
});

test("its own rules say it, whatever others say", (t) => {
  const others: Rule[] = [["^clusters/prod/", PROD]];
  t.deepEqual(recipientsFor([...others, ...scaffoldOf("homelab", OPS)]), [OPS]);
  t.deepEqual(recipientsFor([...others, ["^clusters/homelab/.*\\.yaml$", STAGING]]), [STAGING]);
});

test("rules for any layout: whom all rules name, else whom any names, as they take what is left", (t) => {
  const shared: Rule[] = [
    ["^clusters/prod/", OPS, PROD],
    ["^clusters/staging/", OPS, STAGING],
  ];
  t.deepEqual(recipientsFor(shared, "gate"), [OPS]);
  const apart: Rule[] = [
    ["^clusters/prod/", PROD],
    ["^clusters/staging/", STAGING],
  ];
  t.deepEqual(recipientsFor(apart, "gate"), [PROD, STAGING]);
});

test("rules without age recipients are left as they are", (t) => {
  const parsed = parseRuleFile("creation_rules:\n  - path_regex: x\n    pgp: ABCD\n").rules ?? [];
  t.deepEqual(presentRecipients(parsed, "joined", "homelab"), []);
  t.deepEqual(presentRecipients([], "joined", "homelab"), []);
});
