import test from "ava";
import { SET_UP_COMMANDS } from "../../findings/examples/set-up-commands.ts";
import { findSetUpCommands } from "../../findings/set-up-commands.ts";

for (const [index, { path, content, lines }] of SET_UP_COMMANDS.hits.entries()) {
  test(`a command of common guides is found in ${path} (${index})`, (t) => {
    const findings = findSetUpCommands(path, Buffer.from(content));
    t.deepEqual(
      findings.map(({ line }) => line),
      [...(lines ?? [])],
    );
    for (const { severity } of findings) t.is(severity, "warning");
  });
}

for (const [index, { path, content }] of SET_UP_COMMANDS.misses.entries()) {
  test(`a command that is right, or only told of, is not found in ${path} (${index})`, (t) => {
    t.deepEqual(findSetUpCommands(path, Buffer.from(content)), []);
  });
}

test("lines end with a carriage return too, and no length is too much", (t) => {
  const lines = (text: string) =>
    findSetUpCommands("up.sh", Buffer.from(text)).map(({ line }) => line);
  t.deepEqual(lines("a\r\nflux bootstrap git \\\r\n  --url=https://h/r\r\n"), [2]);
  const started = process.cpuUsage().user;
  for (const part of [
    "sed s/age1 ",
    "sed -i 's/age1 ",
    "create secret generic sops-age -n a ",
    "| ",
  ]) {
    lines(`sed ${part.repeat(Math.floor(900_000 / part.length))}`);
    lines(`sed ${part}\n`.repeat(Math.floor(900_000 / (part.length + 5))));
  }
  t.true(process.cpuUsage().user - started < 5_000_000);
});
