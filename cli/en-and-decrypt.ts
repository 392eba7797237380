/**
 * The two commands that are run most, in a file of their own with half of all code. They are among all
 * commands as well, with what the others share with them.
 */
export { endWithOutput } from "./terminal/broken-output.ts";
export { decrypt } from "./decrypt.ts";
export { encrypt } from "./encrypt.ts";
