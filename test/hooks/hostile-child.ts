/**
 * Judges the hostile files as `check` does, and prints a line of JSON for each. hostile.test.ts starts
 * it with little memory.
 */
import { inspectCommitted } from "../../hooks/inspect-committed.ts";
import { RulesInForce } from "../../hooks/rules/rules-in-force.ts";
import { HOSTILE_FILES } from "../sops/hostile-files.ts";
import { vectorKeyPair } from "../fixtures/vector-identity.ts";

const EXTENSIONS = {
  yaml: "yaml",
  json: "json",
  dotenv: "env",
  ini: "ini",
  binary: "bin",
} as const;
const pair = await vectorKeyPair("first");

for (const { name, format, content, selection } of HOSTILE_FILES) {
  const bytes = Buffer.from(content());
  const option =
    selection === undefined
      ? ""
      : `    ${selection.option}: ${JSON.stringify(selection.pattern)}\n`;
  const rules = `creation_rules:\n  - age: ${pair.recipient}\n${option}`;
  const before = process.cpuUsage();
  let outcome = "judged";
  try {
    const inForce = new RulesInForce(new Map([["", Buffer.from(rules)]]));
    await inspectCommitted(
      { path: `secrets/x.sops.${EXTENSIONS[format]}`, rules: inForce },
      bytes,
      () => Promise.resolve([pair]),
    );
  } catch (error) {
    outcome = error instanceof Error ? error.name : String(error);
  }
  const { user } = process.cpuUsage(before);
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(`${JSON.stringify({ name, outcome, seconds: user / 1e6, megabytes })}\n`);
}
