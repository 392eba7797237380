import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import Generator from "yeoman-generator";
import { carryOut } from "../../scaffold/carry-out.ts";
import { closingMessage } from "../../scaffold/message/closing.ts";
import { previewMessage } from "../../scaffold/message/preview.ts";
import { type Ask, collectAnswers } from "../../scaffold/answers/collect.ts";
import { committedSecrets, committedSecretsMessage } from "../../scaffold/committed-secrets.ts";
import { type Confirm, decideChanges } from "../../scaffold/consent.ts";
import { QUESTIONS, type RawAnswer, type RawAnswers } from "../../scaffold/answers/questions.ts";
import { validator } from "../../scaffold/answers/validator.ts";
import { requireUsableGit } from "../../scaffold/git-in-folder.ts";
import { type PreparedScaffold, prepareScaffold } from "../../scaffold/scaffold.ts";
import { scopeFor, settledAnswers } from "../../scaffold/destination/scope.ts";
import { inspectDestination } from "../../scaffold/destination/destination.ts";
import { isBundled, version } from "../../scaffold/version.ts";
import { optionText } from "../option-text.ts";
import { asYeomanError } from "../yeoman-error.ts";

/**
 * `yo flux-sops [DIR]`: the same as `flux-sops init`, for those who have yo. It writes through
 * scaffold/ and leaves Yeoman's own file system and configuration alone.
 */
export default class AppGenerator extends Generator {
  #prepared: PreparedScaffold | null = null;

  // Dependencies are installed by scaffold/, in the folder that is scaffolded.
  override customFeatures = { customInstallTask: true };

  constructor(...parameters: ConstructorParameters<typeof Generator>) {
    super(...parameters);
    this.argument("directory", {
      type: String,
      required: false,
      description: "folder to scaffold into (default: the current folder)",
    });
    for (const { flag, value, description } of QUESTIONS) {
      this.option(flag, { type: value === undefined ? Boolean : String, description });
    }
    this.option("dry-run", { type: Boolean, description: "say what would be written only" });
    this.option("force", {
      type: Boolean,
      description: "replace files that differ, and what you changed in them",
    });
    this.option("yes", { type: Boolean, description: "ask nothing: flags and defaults only" });
  }

  async prompting(): Promise<void> {
    await asYeomanError(async () => {
      await requireUsableGit();
      const destination = await inspectDestination(
        resolve(this.env.cwd, String(this.#option("directory") ?? ".")),
      );
      const given = this.#given();
      const scope = scopeFor(destination, given);
      const canAsk = this.#canAsk();
      const answers = await collectAnswers(
        given,
        settledAnswers(destination, scope),
        destination.directory,
        canAsk ? this.#ask : null,
        destination.surroundings.found,
      );
      const planned = await prepareScaffold({
        ...{ destination, answers, version, scope },
        force: this.#option("force") === true,
        tool: fileURLToPath(
          new URL(isBundled ? "../../flux-sops.mjs" : "../../dist/flux-sops.mjs", import.meta.url),
        ),
      });
      this.#prepared =
        canAsk && this.#option("dry-run") !== true
          ? await decideChanges(planned, this.#confirm)
          : planned;
    });
  }

  async writing(): Promise<void> {
    const prepared = this.#prepared;
    if (prepared === null) return;
    await asYeomanError(async () => {
      if (this.#option("dry-run") === true) {
        this.log(previewMessage(prepared));
        return;
      }
      // The second is the name under which a program gives it to env.run().
      const skip = [this.#option("skip-install"), this.#option("skipInstall")].includes(true);
      const done = await carryOut(prepared, {
        install: skip ? null : { begins: () => this.log("Running npm install ...") },
      });
      this.log(closingMessage(done));
      this.log(committedSecretsMessage(await committedSecrets(done)));
    });
  }

  #given(): RawAnswers {
    const given: RawAnswers = {};
    for (const { name, flag, value } of QUESTIONS) {
      const answer: unknown = this.#option(flag);
      if (answer === undefined) continue;
      given[name] = value === undefined ? answer === true : optionText(answer, flag);
    }
    return given;
  }

  /** Yeoman's type knows its own options only. */
  #option(name: string): unknown {
    return (this.options as Record<string, unknown>)[name];
  }

  #canAsk(): boolean {
    return this.#option("yes") !== true && process.stdin.isTTY && process.stdout.isTTY;
  }

  readonly #confirm: Confirm = async (message, diff, fallback) => {
    this.log(diff.join("\n"));
    const { yes } = await this.prompt<{ yes: boolean }>([
      { type: "confirm", name: "yes", message, default: fallback },
    ]);
    return yes;
  };

  readonly #ask: Ask = async (question, fallback) => {
    const { name, message = question.flag, choices } = question;
    const answers = await this.prompt<Record<string, RawAnswer>>([
      typeof fallback === "boolean"
        ? { type: "confirm", name, message, default: fallback }
        : choices !== undefined
          ? { type: "select", name, message, default: fallback, choices: [...choices] }
          : {
              type: "input",
              name,
              message,
              default: fallback,
              validate: validator(question.problem),
            },
    ]);
    return answers[name] ?? fallback;
  };
}
