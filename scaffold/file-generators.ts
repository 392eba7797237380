import type { FileGenerator } from "./generator.ts";
import { secretGenerator } from "./secret.ts";

/** What `flux-sops new` makes, by kind. */
export const FILE_GENERATORS: readonly FileGenerator[] = [secretGenerator];
