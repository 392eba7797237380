import type { Mend } from "../../finding.ts";

export const EDIT_LIST: Mend = {
  kind: "edit",
  what: "split the List into documents separated by --- and name the file so that a creation rule takes it",
};

export const EDIT_PATCH: Mend = {
  kind: "edit",
  what: "move the patch to a file of its own that a creation rule encrypts, and name it under patches: - path:",
};

/** No creation rule for Secrets would encrypt it either. */
export const SPELL_RIGHT: Mend = {
  kind: "edit",
  what: "spell the field data or stringData, at the top of the Secret",
};

export const MOVE_LITERALS: Mend = {
  kind: "edit",
  what: "move the literals to a file that a creation rule encrypts, and name it under envs:",
};

/** Flux decrypts the envs of no object. */
export const MOVE_LITERALS_OF_OBJECT: Mend = {
  kind: "edit",
  what: "move the literals to a file that a creation rule encrypts, and name it under envs: in a secretGenerator: of the kustomization",
};

export const MOVE_WRITTEN: Mend = {
  kind: "edit",
  what: "write the value into the Secret itself, in a file that a creation rule encrypts",
};

export const EDIT_SEALED: Mend = {
  kind: "edit",
  what: "seal the value with kubeseal, under encryptedData",
};

export const EDIT_NESTED: Mend = {
  kind: "edit",
  what: "move the Secret to a file of its own that a creation rule encrypts",
};
