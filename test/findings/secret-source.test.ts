import test from "ava";
import {
  encryptedSourceName,
  holdsSecret,
  sourceFinding,
  type SourceMend,
} from "../../findings/secret-source.ts";
import type { GeneratorSource } from "../../flux/kustomization-file.ts";
import { fill, placeholders } from "./keys.ts";

const keys = await placeholders();

function named(field: "files" | "envs", path: string, key = path): GeneratorSource {
  return {
    generator: "secretGenerator",
    field,
    value: path,
    key: field === "envs" ? null : key,
    line: 4,
  };
}

for (const [what, field, path, content] of [
  ["a variable", "envs", "a.env", "# x\nMODE=fast\n"],
  ["a variable behind a default", "envs", "a.env", "MODE=${MODE:-hunter2}\n"],
  ["a variable in a file of Windows's line breaks", "envs", "a.env", "MODE=fast\r\nB=\r\n"],
  ["a variable written as YAML", "envs", "a.env", "MODE: fast\n"],
  ["a variable with a line separator in it", "envs", "a.env", "MODE=fa\u2028st\nB=\n"],
  ["a variable in an encrypted file", "envs", "a.env", "A={{TOKEN}}\nB=hunter2\n"],
  ["any text", "files", "config.ini", "mode = fast\n"],
  ["bytes", "files", "a.bin", "\0hunter2"],
  ["bytes that are no text", "files", "a.jks", "\0\u0001hunter2"],
  ["a private key", "files", "tls.key", "{{PEM_PKCS8}}\n"],
  ["a key behind a certificate", "files", "tls.pem", "{{PEM_CERTIFICATE}}\n{{PEM_RSA}}\n"],
  [
    "a password beside a certificate",
    "files",
    "values.yaml",
    "{{PEM_CERTIFICATE}}\npassword: hunter2\n",
  ],
  [
    "a password before a certificate",
    "files",
    "values.yaml",
    "# the CA\npassword: hunter2\n{{PEM_CERTIFICATE}}\n",
  ],
  ["a certificate without an end", "files", "ca.pem", "-----BEGIN CERTIFICATE-----\nhunter2\n"],
  [
    "Helm values with a certificate",
    "files",
    "values.yaml",
    "caBundle: |\n  {{PEM_CERTIFICATE}}\n",
  ],
  ["JSON with a certificate", "files", "a.json", '{"ca": "-----BEGIN CERTIFICATE-----\\nMII"}\n'],
  [
    "OpenVPN's settings",
    "files",
    "a.ovpn",
    "<ca>\n{{PEM_CERTIFICATE}}\n</ca>\n<auth-user-pass>\nme\nhunter2\n",
  ],
  ["a password in a file named as public", "files", "a.pub", "hunter2\n"],
  ["a password among hosts", "files", "known_hosts", "a.example ssh-rsa AAAAB3\nhunter2\n"],
] as const) {
  test(`holds a secret: ${what}`, (t) => {
    t.true(holdsSecret(fill(content, keys), named(field, path)));
  });
}

for (const [what, field, path, content] of [
  ["an empty file", "files", "a.txt", ""],
  ["a blank file", "files", "a.txt", " \n"],
  ["variables without values", "envs", "a.env", "# A=1\nA=\n  # B=2\nB=''\nC\n"],
  ["variables that point elsewhere", "envs", "a.env", "A=${A}\nB='op://vault/item/field'\n"],
  ["a certificate", "files", "tls.crt", "{{PEM_CERTIFICATE}}\n"],
  [
    "certificates as openssl shows them",
    "files",
    "ca.pem",
    "subject=CN = a\nkey id: 12:34\n{{PEM_CERTIFICATE}}\n",
  ],
  [
    "a bundle of certificates",
    "files",
    "ca.pem",
    "# Root\n\nRoot CA\n=======\n{{PEM_CERTIFICATE}}\n{{PEM_CERTIFICATE}}\n",
  ],
  ["a public key", "files", "identity.pub", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI me\n"],
  ["known hosts", "files", "known_hosts", "# x\ngit.example.org ssh-ed25519 AAAAC3Nza\n"],
  ["known hosts from Windows", "files", "known_hosts", "# x\r\n\r\na.example ssh-rsa AAAAB3\r\n"],
  ["a variable as the whole file", "files", "a.txt", "${TOKEN}\n"],
] as const) {
  test(`holds none: ${what}`, (t) => {
    t.false(holdsSecret(fill(content, keys), named(field, path)));
  });
}

test("the encrypted file's name ends as Flux takes it: by the key, and dotenv for envs", (t) => {
  const name = (path: string, source: GeneratorSource) => encryptedSourceName(path, source);
  t.is(name("a/db.env", named("envs", "db.env")), "a/db.sops.env");
  t.is(name("a/.env", named("envs", ".env")), "a/env.sops.env");
  t.is(name("a/db.txt", named("envs", "db.txt")), "a/db.sops.env");
  t.is(name("config.json", named("files", "config.json")), "config.sops.json");
  t.is(name("config.txt", named("files", "config.txt", "config.json")), "config.sops.json");
  t.is(name("config.json", named("files", "config.json", "config")), "config.sops.txt");
  t.is(name("a.b/id_ed25519", named("files", "id_ed25519")), "a.b/id_ed25519.sops.txt");
  t.is(name("app.conf", named("files", "app.conf")), "app.sops.conf");
});

test("the finding says what to do, in the file and in the kustomization", (t) => {
  const source = named("files", "config.json");
  const mend = { kind: "rename", to: "a/config.sops.json", hasRule: true } as const;
  const inFile = sourceFinding(source, mend, ["a/kustomization.yaml"], null);
  t.is(inFile.line, null);
  t.regex(inFile.message, /^a\/kustomization\.yaml makes a Secret of it/);
  t.is(
    inFile.mend.kind === "edit" && inFile.mend.what,
    "rename it to config.sops.json, so that git commit encrypts it, and write config.json=config.sops.json under files: instead",
  );
  const place = { file: "a/con\u001bfig.json", line: 5 };
  const there = sourceFinding(source, { ...mend, hasRule: false }, ["k"], place);
  t.is(there.line, 5);
  t.is(there.message, "a secretGenerator names a file in plaintext: a/con\\u001bfig.json");
  t.regex(there.mend.kind === "edit" ? there.mend.what : "", /give it a creation rule/);
});

test("of an object the envs go to the kustomization, and files keep the folder as it is written", (t) => {
  const said = (source: GeneratorSource, mend: SourceMend) => {
    const namedIn = ["a/generators/db.yaml", "a/kustomization.yml"];
    const finding = sourceFinding(source, mend, namedIn, null);
    t.is(
      finding.message,
      "a/generators/db.yaml makes a Secret of it (SecretGenerator), and it is in plaintext",
    );
    return finding.mend.kind === "edit" ? finding.mend.what : "";
  };
  const rename = (to: string) => ({ kind: "rename", to, hasRule: true }) as const;
  const envs = { ...named("envs", "b/db.env"), generator: "SecretGenerator" as const };
  const place =
    "under envs: in a secretGenerator: of kustomization.yml instead, since Flux does not decrypt the envs of a SecretGenerator";
  t.is(
    said(envs, rename("a/b/db.sops.env")),
    `rename it to db.sops.env, so that git commit encrypts it, and write b/db.sops.env ${place}`,
  );
  t.is(
    said(envs, { kind: "commit" }),
    `stage it again, and git commit encrypts it; name it ${place}`,
  );
  const files = { ...named("files", "b/db.txt", "db"), generator: "SecretGenerator" as const };
  t.is(
    said(files, rename("a/b/db.sops.txt")),
    "rename it to db.sops.txt, so that git commit encrypts it, and write db=b/db.sops.txt under files: instead",
  );
});
