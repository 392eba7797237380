import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { spawnSync } from "../bounded-programs.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { realTool, testWith } from "../real-tools.ts";

/**
 * The messages of sops, age and kustomize that the guide explains, each from the real program. Those of
 * Flux are in its source: internal/decryptor/decryptor.go and kustomization_controller.go of
 * kustomize-controller, kustomize_generator.go of fluxcd/pkg/kustomize, errors.go of apimachinery,
 * typed/validate.go of structured-merge-diff.
 */
testWith(
  "sops",
  "age",
  "kustomize",
)("the guide has the programs' very words", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "flux-sops-messages-"));
  t.teardown(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const { identity, recipient } = await generateKeyPair();
  const other = await generateKeyPair();
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
  };
  const said = (tool: "sops" | "age" | "kustomize", args: string[], key = identity) => {
    const { stdout, stderr } = spawnSync(realTool(tool) ?? "", args, {
      cwd: folder,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], HOME: folder, SOPS_AGE_KEY: key },
    });
    // sops breaks its lines, with bars before them.
    return { stdout, words: `${stdout}${stderr}`.replace(/[\s|]+/g, " ") };
  };
  write("a.yaml", "kind: Secret\nstringData:\n  a: hunter2\n");
  const encrypted = said("sops", ["-e", "--age", recipient, "a.yaml"]).stdout;
  write("a.sops.yaml", encrypted);
  write("added.yaml", encrypted.replace(/^stringData:/m, "stringData:\n    b: readable"));
  write("changed.yaml", encrypted.replace(/(a: ENC.*)/, "$1\n    a_unencrypted: x"));
  write("key", `${other.identity}\n`);
  write("sealed.age", /-----BEGIN[^]*-----END.*/.exec(encrypted)?.[0].replace(/^ +/gm, "") ?? "");
  write(
    "kustomization.yaml",
    "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nresources: [a.yaml]\n",
  );

  const messages: Record<string, string> = {
    "Failed to get the data key required to decrypt the SOPS file.": said(
      "sops",
      ["-d", "a.sops.yaml"],
      other.identity,
    ).words,
    "no identity matched any of the recipients": said("age", ["-d", "-i", "key", "sealed.age"])
      .words,
    "unknown identity type": said("sops", ["-d", "a.sops.yaml"], "rubbish").words,
    "malformed recipient": said("sops", ["-e", "--age", "age1yourkey", "a.yaml"]).words,
    "Input string … does not match sops' data format": said("sops", ["-d", "added.yaml"]).words,
    "MAC mismatch. File has …, computed …": said("sops", ["-d", "changed.yaml"]).words,
    "sops metadata not found": said("sops", ["-d", "a.yaml"]).words,
    "The file you have provided contains a top-level entry called 'sops'": said("sops", [
      "-e",
      "--age",
      recipient,
      "a.sops.yaml",
    ]).words,
    "config file not found, or has no creation rules, and no keys provided through command line options":
      said("sops", ["-e", "a.yaml"]).words,
    "apiVersion for Kustomization should be kustomize.config.k8s.io/v1beta1": said("kustomize", [
      "build",
      ".",
    ]).words,
  };
  write(
    "kustomization.yaml",
    "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec: {}\n",
  );
  messages['invalid Kustomization: json: unknown field "spec"'] = said("kustomize", [
    "build",
    ".",
  ]).words;
  write(".sops.yaml", `creation_rules:\n  - path_regex: ^none/\n    age: ${recipient}\n`);
  messages["error loading config: no matching creation rules found"] = said("sops", [
    "-e",
    "a.yaml",
  ]).words;

  const guide = readFileSync(
    fileURLToPath(new URL("../../docs/guide.md", import.meta.url)),
    "utf8",
  );
  for (const [message, words] of Object.entries(messages)) {
    t.true(guide.includes(`\`${message}\``), `the guide: ${message}`);
    for (const part of message.split("…"))
      t.true(words.includes(part.trim()), `${message}: ${words}`);
  }
});
