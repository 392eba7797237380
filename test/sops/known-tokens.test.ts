import test from "ava";
import { KnownTokens } from "../../sops/known-tokens.ts";
import type { OpenedLeaf } from "../../sops/open.ts";
import type { Leaf } from "../../sops/store.ts";
import type { KeyPath } from "../../sops/token.ts";
import type { Value } from "../../sops/value.ts";

function opened(
  path: KeyPath,
  value: Value | null,
  token: string | null,
  form: Leaf["form"] = "quoted",
): OpenedLeaf {
  return { leaf: { path, form } as Leaf, selected: true, value, token };
}

const str = (text: string): Value => ({ type: "str", text });
const data = ["data", "a"];

test("equal values of one path take their tokens in order, and share the last one", (t) => {
  const known = new KnownTokens(
    ["1", "2", "3"].map((token) => opened(["data", "a"], str("x"), token)),
  );
  const taken = [1, 2, 3, 4, 5].map(() => known.take(data, str("x"))?.token);
  t.deepEqual(taken, ["1", "2", "3", "3", "3"]);
});

test("a token is for one path, one type and one text", (t) => {
  const known = new KnownTokens([opened(["data", "a"], str("1"), "token")]);
  t.is(known.take(["data"], str("1")), null);
  t.is(known.take(["data", "b"], str("1")), null);
  t.is(known.take(data, { type: "int", text: "1" }), null);
  t.is(known.take(data, str("2")), null);
  t.deepEqual(known.take(data, str("1")), { token: "token", bare: false });
});

test("what was readable, or is null, has no token that could serve on", (t) => {
  const known = new KnownTokens([
    opened(["data", "a"], str("x"), null),
    opened(["data", "a"], null, null),
    opened(["data", "b"], str("y"), "token", "bare"),
  ]);
  t.is(known.take(data, str("x")), null);
  t.deepEqual(known.take(["data", "b"], str("y")), { token: "token", bare: true });
  t.is(new KnownTokens([]).take(data, str("x")), null);
});

test("what sops took to another path has no token for the one where it stands", (t) => {
  const comment: Value = { type: "comment", text: " note" };
  const stays = opened(["data", "a"], comment, "token");
  t.is(new KnownTokens([stays]).take(data, comment)?.token, "token");
  t.is(new KnownTokens([{ ...stays, isDisplaced: true }]).take(data, comment), null);
});
