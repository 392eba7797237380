import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Mutant } from "./mutants.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Milliseconds; a mutant that loops for ever has failed its tests. */
const LIMIT = 300_000;

/** What is no source. */
const OTHERS = [".git", "coverage", "dist", "flux-homelab", "node_modules"];

/** In the order in which they are named, one after the other, until the first that fails. */
const CONFIG = `import config from "./ava.config.js";
const files = process.env.MUTATION_TESTS.split("\\n");
const place = (path) => files.findIndex((file) => path.endsWith(file));
export default { ...config, files, serial: true, failFast: true, timeout: "1h",
  sortTestFiles: (one, other) => place(one) - place(other) };
`;

/**
 * A copy of the checkout, uncommitted changes included, in which files are changed and tested. The checkout
 * itself is only read, and the copy is gone when this process ends.
 */
export class Trial {
  readonly #folder: string;
  #running: ChildProcess | null = null;

  constructor(parent = tmpdir()) {
    this.#folder = mkdtempSync(join(parent, "flux-sops-mutation-"));
    process.on("exit", () => {
      this.#end();
      rmSync(this.#folder, { recursive: true, force: true });
    });
    const others = OTHERS.map((name) => join(ROOT, name));
    cpSync(ROOT, this.#folder, { recursive: true, filter: (path) => !others.includes(path) });
    writeFileSync(join(this.#folder, "mutation.config.js"), CONFIG);
    // A folder of its own, for what is kept in node_modules/.cache.
    mkdirSync(join(this.#folder, "node_modules"));
    for (const name of readdirSync(join(ROOT, "node_modules"))) {
      if (name === ".cache") continue;
      symlinkSync(join(ROOT, "node_modules", name), join(this.#folder, "node_modules", name));
    }
  }

  /**
   * Whether the tests pass with one change of a file, which is undone again.
   *
   * @param limit milliseconds, for the tests.
   */
  async survives(
    file: string,
    mutant: Mutant,
    tests: readonly string[],
    limit = LIMIT,
  ): Promise<boolean> {
    const path = join(this.#folder, file);
    const source = readFileSync(path, "utf8");
    writeFileSync(path, source.slice(0, mutant.start) + mutant.by + source.slice(mutant.end));
    try {
      return await this.passes(tests, limit);
    } finally {
      writeFileSync(path, source);
    }
  }

  /** Whether the tests pass on the copy as it stands. Those of whole commands run what is built of it. */
  async passes(tests: readonly string[], limit = LIMIT): Promise<boolean> {
    const needsBuild = tests.some((test) => /^test\/(?:cli|e2e)\//.test(test));
    if (needsBuild && !(await this.#run(["scripts/build.mjs"], LIMIT))) return false;
    const ava = ["node_modules/ava/entrypoints/cli.mjs", "--config=mutation.config.js"];
    return this.#run(ava, limit, { MUTATION_TESTS: tests.join("\n") });
  }

  /** Runs a script in the copy, and ends all that it leaves behind. */
  async #run(args: readonly string[], limit: number, env: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, args, {
      cwd: this.#folder,
      env: { ...process.env, ...env },
      stdio: "ignore",
      detached: true,
    });
    this.#running = child;
    const timer = setTimeout(() => {
      this.#end();
    }, limit);
    try {
      const [code] = (await once(child, "close")) as [number | null];
      return code === 0;
    } finally {
      clearTimeout(timer);
      this.#end();
      this.#running = null;
    }
  }

  /** It has a group of its own: what it has started ends with it. */
  #end(): void {
    try {
      if (this.#running?.pid !== undefined) process.kill(-this.#running.pid, "SIGKILL");
    } catch {
      // Nothing of it is left.
    }
  }
}
