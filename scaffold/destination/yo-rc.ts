import { join } from "node:path";
import { printable } from "../../git/escape.ts";
import { isRecord } from "../../sops/metadata/metadata-fields.ts";
import type { RawAnswers } from "../answers/questions.ts";
import { ScaffoldError } from "../errors.ts";
import { readIfThere } from "./read-if-there.ts";

/** The key of this generator in `.yo-rc.json`, as Yeoman names it. */
export const YO_RC_KEY = "generator-flux-sops";

/**
 * What an earlier run wrote into `.yo-rc.json`, unchecked.
 *
 * @throws ScaffoldError `environment` where the file is none that can be understood
 */
export function rememberedAnswers(text: string, directory: string): RawAnswers {
  const path = printable(join(directory, ".yo-rc.json"));
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch {
    throw new ScaffoldError("environment", `${path} is no JSON: mend it or remove it`);
  }
  if (!isRecord(whole)) {
    throw new ScaffoldError("environment", `${path} is no JSON object: mend it or remove it`);
  }
  const ours = whole[YO_RC_KEY] ?? {};
  if (!isRecord(ours)) {
    throw new ScaffoldError(
      "environment",
      `${path} holds something else than answers under "${YO_RC_KEY}": mend it or remove it`,
    );
  }
  return ours as RawAnswers;
}

/** Whether a repository was scaffolded with schema comments. */
export function remembersSchemas(directory: string): boolean {
  const yoRc = readIfThere(directory, ".yo-rc.json");
  return yoRc !== null && rememberedAnswers(yoRc, directory).schemas === true;
}
