import test from "ava";
import { Likenesses } from "../../../findings/likeness/likenesses.ts";

const secret = (version: string, value: string) =>
  Buffer.from(
    `kind: Secret\nmetadata:\n  labels: {version: ${version}}\nstringData:\n  a: ${value}\n`,
  );

test("versions of one file are alike, and nothing else is", (t) => {
  const likenesses = new Likenesses();
  const first = likenesses.of(secret("1.2.3", "x"), "a.yaml");
  t.false(first.isClean);
  t.is(likenesses.of(secret("1.2.4", "x"), "a.yaml"), first);
  t.not(likenesses.of(secret("1.2.4", "x"), "b.yaml"), first);
  const changed = likenesses.of(secret("1.2.4", "y"), "a.yaml");
  t.not(changed, first);
  t.is(likenesses.of(secret("1.2.3", "y"), "a.yaml"), changed);
});

test("the bytes may be gone afterwards", (t) => {
  const likenesses = new Likenesses();
  const bytes = secret("1.2.3", "x");
  const first = likenesses.of(bytes, "a.yaml");
  bytes.fill("y");
  t.is(likenesses.of(secret("1.2.4", "x"), "a.yaml"), first);
});

test("what has no keyword is clean, whatever version it has; what is encrypted is like no other", (t) => {
  const likenesses = new Likenesses();
  t.true(likenesses.of(Buffer.from("version: 1.2.3\n"), "a.yaml").isClean);
  t.false(likenesses.of(secret("1.2.3", "x"), "a.yaml").isClean);
  t.true(likenesses.of(Buffer.from("version: 1.2.4\n"), "a.yaml").isClean);
  const token = secret("1.2.3", "ENC[AES256_GCM,data:x]");
  t.not(likenesses.of(token, "b.yaml"), likenesses.of(token, "b.yaml"));
  t.false(likenesses.of(Buffer.from("a: ENC[AES256_GCM,data:x]"), "b.yaml").isClean);
});

test("a rule that is not asked makes nothing suspicious", (t) => {
  const bytes = Buffer.from("password: hunter2hunter2\n");
  t.false(new Likenesses().of(bytes, "").isClean);
  t.true(new Likenesses(new Set(["inline-credential"])).of(bytes, "").isClean);
});
