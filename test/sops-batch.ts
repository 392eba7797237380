import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Encryption } from "../sops/encrypt.ts";
import type { Format } from "../sops/format.ts";
import { realTool } from "./installed-tools.ts";

/** The real sops, for documents by the thousand: `sops-batch/main.go`. */
export interface SopsBatch {
  /** What `sops encrypt` makes of a YAML text, by a rule with one recipient; rejects where it fails. */
  encrypt(text: string, encryption: Encryption): Promise<string>;
  /** What `sops decrypt` makes of it; rejects where it fails. */
  decrypt(text: string): Promise<string>;
  /** The same of a file of another format, and into another one; null where it fails. */
  encryptFile(
    content: Uint8Array,
    format: Format,
    encryption: Encryption,
    to?: Format,
  ): Promise<Buffer | null>;
  decryptFile(
    content: Uint8Array,
    format: Format,
    options?: { readonly to?: Format; readonly ignoreMac?: boolean },
  ): Promise<Buffer | null>;
  end(): void;
}

interface Answer {
  readonly text: string;
  /** In Base64. */
  readonly content: string | null;
  readonly error: string;
}

/** With an identity to decrypt with; it starts when it is asked for the first time. */
export function sopsBatch(identity: string): SopsBatch {
  let running: ReturnType<typeof start> | null = null;
  const ask = (request: object): Promise<Answer> => (running ??= start(identity)).ask(request);
  const askText = async (request: object): Promise<string> => {
    const { text, error } = await ask(request);
    if (error !== "") throw new Error(error);
    return text;
  };
  const askBytes = async (format: Format, bytes: Uint8Array, request: object) => {
    const content = Buffer.from(bytes).toString("base64");
    const answer = await ask({ format, content, ...request });
    return answer.error === "" ? Buffer.from(answer.content ?? "", "base64") : null;
  };
  return {
    encrypt: (text, encryption) => askText({ text, ...asRule(encryption) }),
    decrypt: (text) => askText({ text }),
    encryptFile: (content, format, encryption, to) =>
      askBytes(format, content, { ...asRule(encryption), to }),
    decryptFile: (content, format, options) => askBytes(format, content, { ...options }),
    end: () => running?.end(),
  };
}

function asRule({ recipients: [recipient], selection, macOnlyEncrypted }: Encryption) {
  return { recipient, ...selection, macOnlyEncrypted };
}

function start(identity: string) {
  const child = spawn(realTool("sops-batch") ?? "sops-batch", [], {
    env: { SOPS_AGE_KEY: identity },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const waiting: ((answer: Answer) => void)[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    waiting.shift()?.(JSON.parse(line) as Answer);
  });
  child.on("close", () => {
    for (const give of waiting) give({ text: "", content: null, error: "sops-batch has ended" });
  });
  return {
    ask: (request: object) =>
      new Promise<Answer>((resolve) => {
        waiting.push(resolve);
        child.stdin.write(`${JSON.stringify(request)}\n`);
      }),
    end: () => child.stdin.end(),
  };
}
