import test from "ava";
import type { OpenedLeaf } from "../../sops/open.ts";
import { refuseTooMany } from "../../sops/refuse-leaf.ts";

test("a file of more values than can be encrypted in a while is refused; what is not encrypted does not count", (t) => {
  const value = { type: "str", text: "a" } as const;
  const opened = { selected: true, token: null, value } as unknown as OpenedLeaf;
  const most = Array.from({ length: 100_000 }, () => opened);
  t.notThrows(() => {
    refuseTooMany(most);
  });
  t.throws(
    () => {
      refuseTooMany([...most, opened]);
    },
    { name: "SopsError", message: /^has 100001 values and comments to encrypt/ },
  );
  for (const other of [
    { selected: false },
    { token: "x" },
    { value: null },
    { value: { ...value, text: "" } },
  ]) {
    t.notThrows(() => {
      refuseTooMany([...most, { ...opened, ...other } as OpenedLeaf]);
    });
  }
});
