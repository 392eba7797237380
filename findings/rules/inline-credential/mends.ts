import type { Mend } from "../../finding.ts";

/** What mends a literal credential, by what carries it. */

export const USE_VALUES_FROM = edit(
  "move the value to an encrypted Secret and name that under valuesFrom",
);
export const USE_EXISTING_SECRET = edit(
  "move the value to an encrypted Secret and let the chart use that (existingSecret or the like)",
);
export const USE_SECRET_KEY_REF = edit(
  "move the value to an encrypted Secret and use valueFrom.secretKeyRef",
);
export const USE_SUBSTITUTE_FROM = edit(
  "move the value to an encrypted Secret and name that under substituteFrom",
);
export const USE_SECRET = edit("move the value from the ConfigMap to an encrypted Secret");
export const USE_GENERATOR = edit(
  "move the value to an encrypted env file and name that in a secretGenerator under envs:",
);
export const USE_ENCRYPTED = edit(
  "keep the document in a file that a creation rule encrypts as a whole",
);
export const USE_ENCRYPTED_MAPPING = edit(
  "take the comment out, or move it among the values of data or stringData, where it is encrypted",
);
export const USE_STORE = edit(
  "put the value where the others of this Secret come from, and refer to it in the template",
);
export const USE_VARIABLE = edit(
  "give the value in a variable, or keep the Secret in an encrypted file",
);
export const USE_SOURCE = edit(
  "take the value from a variable or an encrypted Secret, or keep the file where a creation rule encrypts it",
);

function edit(what: string): Mend {
  return { kind: "edit", what };
}
