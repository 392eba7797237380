import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Encryption } from "../sops/encrypt.ts";
import { realTool } from "./installed-tools.ts";

/** The real sops, for documents by the thousand: `sops-batch/main.go`. */
export interface SopsBatch {
  /** What `sops encrypt` makes of a YAML text, by a rule with one recipient; rejects where it fails. */
  encrypt(text: string, encryption: Encryption): Promise<string>;
  /** What `sops decrypt` makes of it; rejects where it fails. */
  decrypt(text: string): Promise<string>;
  end(): void;
}

interface Answer {
  readonly text: string;
  readonly error: string;
}

/** With an identity to decrypt with; it starts when it is asked for the first time. */
export function sopsBatch(identity: string): SopsBatch {
  let running: ReturnType<typeof start> | null = null;
  const ask = async (request: object): Promise<string> => {
    const { text, error } = await (running ??= start(identity)).ask(request);
    if (error !== "") throw new Error(error);
    return text;
  };
  return {
    encrypt: (text, { recipients: [recipient], selection, macOnlyEncrypted }) =>
      ask({ text, recipient, ...selection, macOnlyEncrypted }),
    decrypt: (text) => ask({ text }),
    end: () => running?.end(),
  };
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
    for (const give of waiting) give({ text: "", error: "sops-batch has ended" });
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
