import test from "ava";
import { SECRET_TYPE_KEYS } from "../../../../findings/rules/secret-not-valid/secret-types.ts";
import { secretType } from "../../../../scaffold/new/secret/types.ts";

test("new secret asks for the keys that secret-not-valid misses", (t) => {
  t.true(SECRET_TYPE_KEYS.size > 5);
  for (const [name, { keys, any }] of SECRET_TYPE_KEYS) {
    const made = secretType(name);
    t.deepEqual([...made.keys], [...keys], name);
    t.is(made.any, any, name);
  }
});
