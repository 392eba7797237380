import test from "ava";
import { Findings, type Found } from "../../../hooks/range/findings.ts";
import { pathFromText } from "../../../git/path.ts";

const ref = { localRef: "refs/heads/main", localOid: "1", remoteRef: "", remoteOid: null };
const inThePast: Found = {
  rule: "plaintext-secret",
  severity: "error",
  line: 1,
  message: "",
  mend: { kind: "leave-out" },
  path: pathFromText("a.yaml"),
  blob: "2",
  commitMends: false,
  tip: null,
};
const atTheTip: Found = { ...inThePast, tip: ref };

function findings(...found: readonly Found[]): Findings {
  const all = new Findings();
  for (const one of found) all.add(one);
  return all;
}

test("what is found twice is told once, as it stands at the tip", (t) => {
  t.deepEqual(findings(inThePast, atTheTip, inThePast).all, [atTheTip]);
  t.deepEqual(findings(atTheTip, inThePast).all, [atTheTip]);
  for (const other of [
    { ...inThePast, line: 2 },
    { ...inThePast, blob: "3" },
    { ...inThePast, path: pathFromText("b.yaml") },
    { ...inThePast, rule: "age-key" as const },
  ]) {
    t.deepEqual(findings(inThePast, other).all, [inThePast, other]);
  }
});

test("a content is known as a secret under its path alone, at the tip where that is asked", (t) => {
  t.true(findings(atTheTip).isPlaintextSecret(inThePast));
  t.true(findings(atTheTip).isPlaintextSecret(inThePast, true));
  t.true(findings(inThePast).isPlaintextSecret(inThePast));
  t.false(findings(inThePast).isPlaintextSecret(inThePast, true));
  for (const other of [
    { ...atTheTip, blob: "3" },
    { ...atTheTip, path: pathFromText("b.yaml") },
    { ...atTheTip, rule: "age-key" as const },
    { ...atTheTip, severity: "warning" as const },
  ]) {
    t.false(findings(other).isPlaintextSecret(inThePast), JSON.stringify(other));
  }
});
