import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import test from "ava";

/** SECURITY.md names the tests that hold its promises: they must be there. */
const root = fileURLToPath(new URL("..", import.meta.url));
const page = readFileSync(`${root}SECURITY.md`, "utf8");
const promises = page.slice(page.indexOf("| promise"), page.indexOf("## What it does not protect"));

test("every test that SECURITY.md names exists", (t) => {
  const named = [...promises.matchAll(/`(test\/[^`]+)` \("([^"]+)"\)/g)];
  t.true(named.length > 10);
  // A file without a title would say nothing of what is tried there.
  t.is(named.length, [...promises.matchAll(/\.test\.ts`/g)].length);
  for (const [, file = "", title = ""] of named) {
    t.true(readFileSync(root + file, "utf8").includes(title), `${file}: ${title}`);
  }
});
