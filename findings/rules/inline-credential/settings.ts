import { isStrongValue } from "../../credential/credential.ts";
import { mayHoldCredential } from "../../credential/credential-gate.ts";
import { isScript } from "../../candidate/file-kind.ts";
import type { Candidate, Hit } from "../../finding.ts";
import { credentialLines } from "../../credential/credential-lines.ts";
import { terraformDefaults } from "./terraform-defaults.ts";
import { USE_SOURCE } from "./mends.ts";
import { possibleCredential } from "./hit.ts";

/** Of a program within a script: `tokens[0]`, `data["token"]`; of just, and programs too: `env("TOKEN")`. */
const COMPUTED = /^[A-Za-z_][\w.]*(?:\[(?:\d+|"\w*"|'\w*')\]|\([^()]*\))$/;

function isLiteralInScript(value: string, isQuoted: boolean): boolean {
  return isStrongValue(value) && (isQuoted || !COMPUTED.test(value));
}

/** Settings of programs that are no YAML: TOML, INI, properties, HCL, Nix, JSON with comments. */
export function findInSettings({ path, readable }: Candidate): Hit[] {
  if (readable === null || !mayHoldCredential(readable)) return [];
  const isTerraform = /\.(?:tf|hcl)$/i.test(path);
  const isAlwaysQuoted = isTerraform || /\.(?:toml|nix)$/i.test(path);
  const lines = [
    ...(isScript(path)
      ? credentialLines(readable, isLiteralInScript)
      : credentialLines(readable, isStrongValue, isAlwaysQuoted ? "always" : "never")),
    ...(isTerraform ? terraformDefaults(readable) : []),
  ];
  return lines.map(({ line, name }) => possibleCredential("settings", name, line + 1, USE_SOURCE));
}
