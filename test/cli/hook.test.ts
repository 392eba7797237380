import test from "ava";
import { hook } from "../../cli/hook.ts";
import type { Begun } from "../../hooks/commit/pre-commit.ts";

test.serial("of an internal error only its kind and place are told, never its text", async (t) => {
  const begun = {
    get repository(): never {
      throw new RangeError("the value hunter2 at\n    at data.password");
    },
  } as unknown as Begun;
  const { write } = process.stderr;
  let told = "";
  process.stderr.write = (text: string | Uint8Array) => {
    told += String(text);
    return true;
  };
  try {
    t.is(await hook(["pre-commit"], begun), 2);
  } finally {
    process.stderr.write = write;
  }
  t.regex(told, /an internal error \(RangeError at .*hook\.test\.ts:\d+:\d+\)+: please report it/);
  t.notRegex(told, /hunter2|password/);
});
