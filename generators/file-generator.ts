import Generator from "yeoman-generator";
import { validator } from "../scaffold/answers/validator.ts";
import {
  COMMON_OPTIONS,
  type FileGenerator,
  nameFor,
  preparedMessage,
  type PreparedFiles,
  type Prompter,
  writePrepared,
} from "../scaffold/new/generator.ts";
import { topOfRepository } from "../scaffold/git-in-folder.ts";
import { standardInputOnce } from "../scaffold/standard-input.ts";
import { optionText, typedText } from "./option-text.ts";
import { asYeomanError } from "./yeoman-error.ts";

/**
 * `yo flux-sops:KIND NAME`: the same as `flux-sops new KIND NAME`, for those who have yo. It writes
 * through scaffold/ and leaves Yeoman's own file system and configuration alone.
 */
export function yeomanGenerator(definition: FileGenerator) {
  const flags = [...definition.options, ...COMMON_OPTIONS];
  return class extends Generator {
    #prepared: PreparedFiles | null = null;

    // Nothing is installed.
    override customFeatures = { customInstallTask: true };

    constructor(...parameters: ConstructorParameters<typeof Generator>) {
      super(...parameters);
      this.argument("name", {
        type: String,
        required: false,
        description: definition.nameMessage,
      });
      for (const { flag, value, repeatable, description } of flags) {
        // String would join what is given several times.
        const text = repeatable === true ? (asItIs as never) : String;
        this.option(flag, { type: value === undefined ? Boolean : text, description });
      }
    }

    async prompting(): Promise<void> {
      await asYeomanError(async () => {
        const options = this.#given();
        const canAsk = !options.has("yes") && process.stdin.isTTY && process.stdout.isTTY;
        const prompter = canAsk ? this.#prompter : null;
        const directory = await topOfRepository(this.env.cwd);
        const given = this.#option("name");
        const typed = given === undefined ? undefined : optionText(given, "name");
        const name = await nameFor(definition, typed, prompter);
        this.#prepared = await definition.prepare({
          ...{ name, directory, options, prompter },
          readStandardInput: standardInputOnce((line) => void this.log(line)),
          environment: process.env,
        });
      });
    }

    async writing(): Promise<void> {
      const prepared = this.#prepared;
      if (prepared === null) return;
      await asYeomanError(async () => {
        const isDryRun = this.#option("dry-run") === true;
        if (!isDryRun) await writePrepared(prepared);
        this.log(await preparedMessage(prepared, isDryRun, this.env.cwd));
      });
    }

    #given(): Map<string, readonly string[] | true> {
      const given = new Map<string, readonly string[] | true>();
      for (const { flag, value } of flags) {
        // Yeoman keeps its own name of the generator under this option.
        const answer = flag === "namespace" ? typedText(flag) : this.#option(flag);
        if (answer === undefined || answer === null || answer === false) continue;
        if (value === undefined) given.set(flag, true);
        else {
          const all: unknown[] = Array.isArray(answer) ? answer : [answer];
          given.set(
            flag,
            all.map((one) => optionText(one, flag)),
          );
        }
      }
      return given;
    }

    /** Yeoman's type knows its own options only. */
    #option(name: string): unknown {
      return (this.options as Record<string, unknown>)[name];
    }

    readonly #prompter: Prompter = {
      input: async (message, fallback, problem) =>
        this.#asked({ type: "input", message, default: fallback, validate: validator(problem) }),
      hidden: async (message, problem) =>
        this.#asked({ type: "password", message, validate: validator(problem) }),
      select: async (message, choices, fallback) =>
        this.#asked({ type: "select", message, choices: [...choices], default: fallback }),
    };

    async #asked(question: object): Promise<string> {
      const answers = await this.prompt<{ answer: string }>([
        { ...question, name: "answer" } as never,
      ]);
      return answers.answer;
    }
  };
}

function asItIs(given: unknown): unknown {
  return given;
}
