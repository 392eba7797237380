import { printable } from "../../git/escape.ts";
import { isDocumented } from "../../sops/age/documented-recipients.ts";
import { parseRecipient } from "../../sops/age/recipient.ts";

/** The public keys of an answer: `age1…,age1…`. */
export function splitRecipients(text: string): string[] {
  const recipients = text.split(",").map((part) => part.trim());
  return [...new Set(recipients.filter((part) => part !== ""))];
}

/** What is wrong with such an answer, as the end of a sentence that begins with the flag, or null. */
export function recipientsProblem(text: string): string | null {
  if (text === "") return null;
  const recipients = splitRecipients(text);
  if (recipients.length === 0)
    return "names no recipient: give one or more age1…, with commas between";
  for (const recipient of recipients) {
    let kind;
    try {
      kind = parseRecipient(recipient);
    } catch (error) {
      return `cannot be used: ${(error as Error).message}`;
    }
    // A commit encrypts by itself, and only these two kinds can be encrypted to without sops.
    if (kind !== "x25519" && kind !== "hybrid") {
      return `cannot be used: ${printable(recipient.slice(0, 20))}… is ${
        kind === "ssh" ? "an SSH key" : "for an age plugin"
      }, which a commit cannot encrypt to; give the public half of an age key, age1…`;
    }
    if (isDocumented(recipient)) {
      return `cannot be used: ${recipient} was copied from a manual, so that you cannot read what is encrypted to it, and others may; give your own`;
    }
  }
  return null;
}
