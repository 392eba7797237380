import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { decryptionProblem } from "../../cli/doctor/flux-messages.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { type Scaffolded, scaffolded, secret, TOOL } from "../e2e/scaffolded.ts";

const DB = "clusters/homelab/secrets/db.sops.yaml";

interface Cluster extends Scaffolded {
  /** The private key that init made. */
  readonly key: string;
  /** What kubectl gives for a kind from now on; null: it fails with these words. */
  answer(
    kind: "secret" | "kustomizations" | "applied",
    data: object | null,
    complaint?: string,
  ): void;
  doctor(...args: string[]): { status: number; stdout: string; stderr: string };
  /** The arguments of every call to kubectl, and how many of its environments had a private key. */
  calls(): string;
}

/** A stand-in for kubectl answers from files. */
function cluster(t: ExecutionContext): Cluster {
  const repository = scaffolded(t);
  repository.write(DB, secret({ password: "hunter2" }));
  repository.must("add", DB);
  repository.must("commit", "-q", "-m", "Add db");
  const bin = join(repository.home, "bin");
  mkdirSync(bin);
  writeFileSync(
    join(bin, "kubectl"),
    `#!/bin/sh
echo "$*; keys: $(env | grep -c AGE-SECRET-KEY)" >> '${bin}/log'
case "$*" in
  *"get secret "*) kind=secret ;;
  *"get secrets,configmaps -A -l kustomize.toolkit.fluxcd.io/name "*) kind=applied ;;
  *) kind=kustomizations ;;
esac
if [ -e '${bin}'/$kind.json ]; then cat '${bin}'/$kind.json; else cat '${bin}'/$kind.error >&2; exit 1; fi
`,
  );
  chmodSync(join(bin, "kubectl"), 0o755);
  const key =
    /^AGE-SECRET-KEY-.*$/m.exec(
      readFileSync(join(repository.home, ".config/sops/age/keys.txt"), "utf8"),
    )?.[0] ?? "";
  const answer: Cluster["answer"] = (kind, data, complaint = "") => {
    rmSync(join(bin, `${kind}.json`), { force: true });
    if (data === null) writeFileSync(join(bin, `${kind}.error`), complaint);
    else writeFileSync(join(bin, `${kind}.json`), JSON.stringify(data));
  };
  answer("secret", sopsAge({ "age.agekey": key }));
  answer("kustomizations", { items: [] });
  answer("applied", { items: [] });
  return {
    ...repository,
    ...{ key, answer },
    doctor: (...args) =>
      repository.run("node", [TOOL, "doctor", "--cluster", ...args], {
        env: { PATH: `${bin}:${process.env["PATH"] ?? ""}`, SOPS_AGE_KEY: key },
      }),
    calls: () => readFileSync(join(bin, "log"), "utf8"),
  };
}

function sopsAge(entries: Readonly<Record<string, string>>): object {
  const data = Object.entries(entries).map(([name, text]) => [
    name,
    Buffer.from(text).toString("base64"),
  ]);
  return { kind: "Secret", data: Object.fromEntries(data) };
}

function notReady(name: string, message: string, spec: object = { decryption: {} }): object {
  return {
    metadata: { name, namespace: "flux-system" },
    spec,
    status: { conditions: [{ type: "Ready", status: "False", message }] },
  };
}

test("a cluster with the right key; no private key is shown or handed on", (t) => {
  const at = cluster(t);
  const { status, stdout, stderr } = at.doctor("homelab", "--context", "k");
  t.is(status, 0, stdout + stderr);
  t.regex(stdout, /^ok {6}the Secret sops-age in flux-system opens what is encrypted/m);
  t.regex(stdout, /^ok {6}none of 0 Flux Kustomizations failed to decrypt$/m);
  t.false((stdout + stderr).includes(at.key));
  const calls = at.calls();
  t.is(calls.match(/^--context=k --request-timeout=20s .*; keys: 0$/gm)?.length, 3, calls);
  t.false(calls.includes(at.key));
});

test("a cluster with another key, rubbish in the Secret, or none", async (t) => {
  const at = cluster(t);
  const other = await generateKeyPair();
  const said = (entries: Readonly<Record<string, string>>) => {
    at.answer("secret", sopsAge(entries));
    const { status, stdout, stderr } = at.doctor();
    t.false((stdout + stderr).includes(other.identity));
    return `${String(status)}\n${stdout}`;
  };
  t.regex(
    said({ "age.agekey": other.identity }),
    new RegExp(
      `^1\n[^]*^wrong {3}the Secret sops-age in flux-system has no key for what the rule in line \\d+ of \\.sops\\.yaml encrypts: it has ${other.recipient}, the rule names age1.*\n {8}npx flux-sops bootstrap --cluster homelab;`,
      "m",
    ),
  );
  t.regex(
    said({ "age.agekey": `${at.key}\n${other.identity}\n` }),
    new RegExp(
      `^0\n[^]*^note {4}.* has a key that no rule of this cluster names: ${other.recipient}$`,
      "m",
    ),
  );
  t.regex(
    said({ "age.agekey": at.key, "b.agekey": "-----BEGIN OPENSSH PRIVATE KEY-----" }),
    /^1\n[^]*^wrong {3}.*the entry b\.agekey cannot be used/m,
  );
  t.regex(said({ "age.key": at.key }), /^wrong {3}.* has no entry that ends in \.agekey/m);

  at.answer("secret", null, 'Error from server (NotFound): secrets "sops-age" not found\n');
  t.regex(
    at.doctor().stdout,
    /^wrong {3}.* is missing: Flux cannot decrypt\n {8}npx flux-sops boots/m,
  );
  at.answer("secret", null, "Error from server (Forbidden): no\n");
  t.regex(at.doctor().stdout, /^note {4}kubectl may not read .*Forbidden/m);
});

test("a file that the cluster cannot open, though its rule is right", async (t) => {
  const at = cluster(t);
  const { recipient } = await generateKeyPair();
  at.write(DB, at.read(DB).replace(/age1\w+/, recipient));
  at.must("add", DB);
  t.regex(
    at.doctor().stdout,
    new RegExp(`^wrong {3}.* has no key for ${DB}\n {8}npx flux-sops updatekeys -y -- ${DB}$`, "m"),
  );
});

test("what Flux could not decrypt, without the values in its messages", (t) => {
  const at = cluster(t);
  at.answer("kustomizations", {
    items: [
      notReady("apps", "dependency 'flux-system/secrets' is not ready"),
      notReady(
        "secrets",
        "decryption failed for 'Secret.v1./db': error decrypting sops tree: Input string wombat-7731 does not match sops' data format",
      ),
      notReady("old", "cannot get sops data key: x", { suspend: true, decryption: {} }),
    ],
  });
  const { status, stdout } = at.doctor();
  t.is(status, 1);
  t.regex(
    stdout,
    /^wrong {3}Flux Kustomization flux-system\/secrets: somebody added a readable value .*\n {8}.*; then flux -n flux-system reconcile kustomization secrets --with-source$/m,
  );
  t.false(stdout.includes("wombat"));
  t.regex(stdout, /^note {4}a Flux Kustomization is not ready for other reasons$/m);
  t.false(stdout.includes("flux-system/old"));
});

function applied(kind: string, name: string, data: Readonly<Record<string, string>>): object {
  const labels = {
    "kustomize.toolkit.fluxcd.io/name": "apps",
    "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
  };
  return { kind, metadata: { name, namespace: "shop", labels }, data };
}

test("ciphertext that Flux has applied, without the values", (t) => {
  const at = cluster(t);
  const token = "ENC[AES256_GCM,data:wombat,iv:x,tag:y,type:str]";
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const sound = [
    applied("Secret", "db", {
      password: base64("hunter2"),
      note: base64(`not ${token}`),
      none: "",
    }),
    applied("ConfigMap", "none", { a: base64(token) }),
    { kind: "ConfigMap", metadata: { name: "empty", namespace: "shop" } },
  ];
  at.answer("applied", { items: sound });
  const before = at.doctor();
  t.is(before.status, 0, before.stdout);
  t.regex(before.stdout, /^ok {6}none of 3 Secrets and ConfigMaps that Flux applied holds cipher/m);

  const encrypted = [
    applied("Secret", "cache", {
      password: base64(token),
      user: base64("me"),
      token: base64(token),
    }),
    applied("ConfigMap", "settings", { "a.conf": token, b: "c" }),
  ];
  at.answer("applied", { items: [...sound, ...encrypted] });
  const { status, stdout } = at.doctor();
  t.is(status, 1);
  t.regex(
    stdout,
    /^wrong {3}Flux Kustomization flux-system\/apps has applied ciphertext: Secret shop\/cache \(password, token\), ConfigMap shop\/settings \(a\.conf\)\n {8}npx flux-sops check says where/m,
  );
  t.notRegex(stdout, /wombat|hunter2/);

  at.answer("applied", null, "Error from server (Forbidden): no\n");
  const forbidden = at.doctor();
  t.is(forbidden.status, 0);
  t.regex(forbidden.stdout, /^note {4}kubectl may not read what Flux has applied.*Forbidden/m);
});

test("kubectl is missing, does not reach the cluster, or Flux is not in it", (t) => {
  const at = cluster(t);
  at.answer("kustomizations", null, "Unable to connect to the server: no route\u001b[31m\n");
  const unreachable = at.doctor();
  t.is(unreachable.status, 1);
  t.regex(unreachable.stdout, /^wrong {3}kubectl: Unable to connect to the server: no route\\/m);
  at.answer("kustomizations", null, `error: the server doesn't have a resource type "x"\n`);
  t.regex(
    at.doctor().stdout,
    /^wrong {3}Flux is not in this cluster\n {8}npx flux-sops bootstrap/m,
  );
  t.regex(at.doctor("nowhere").stderr, /there is no folder clusters\/nowhere\/secrets here/);
  const bare = join(at.home, "bare");
  mkdirSync(bare);
  for (const name of ["git", "sh"]) {
    const path = at.run("sh", ["-c", `command -v ${name}`]).stdout.trim();
    writeFileSync(join(bare, name), `#!/bin/sh\nexec '${path}' "$@"\n`);
    chmodSync(join(bare, name), 0o755);
  }
  const missing = at.run(process.execPath, [TOOL, "doctor", "--cluster"], { env: { PATH: bare } });
  t.regex(missing.stdout, /^wrong {3}kubectl is not on PATH\n {8}install it: https:/m);
});

/** From kustomize-controller's and sops's source: see flux-messages.ts. */
const MESSAGES: Readonly<Record<string, RegExp | null>> = {
  "Secret/demo/db is SOPS encrypted, configuring decryption is required for this secret to be reconciled":
    /no decryption/,
  'secrets "sops-age" not found': /Secret with its keys/,
  "failed to import 'age.agekey' data from sops decryption Secret 'flux-system/sops-age': x":
    /no age key/,
  "decryption failed for 'Secret.v1./db': cannot get sops data key: Error getting data key: 0 successful groups required, got 0":
    /no key in the cluster/,
  "error decrypting sops tree: Input string x does not match sops' data format": /readable value/,
  "failed to verify sops data integrity: expected mac 'a', got 'b'": /changed after/,
  "failed to decrypt and format 'demo/db' Secret field 'a': x": /cannot decrypt/,
  "kustomization path not found: stat x": null,
  "health check failed after 2m0s: timeout waiting for: [Deployment/demo/web status: 'InProgress']":
    null,
};

test("Flux's messages about decryption are told from others", (t) => {
  for (const [message, what] of Object.entries(MESSAGES)) {
    const problem = decryptionProblem(message, true);
    if (what === null) t.is(problem, null, message);
    else t.regex(problem?.what ?? "", what, message);
  }
  t.is(decryptionProblem('secrets "regcred" not found', false), null);
});
