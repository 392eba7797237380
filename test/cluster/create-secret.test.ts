import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { parse } from "yaml";
import { type Scaffolded, scaffolded } from "../e2e/scaffolded.ts";
import { selfSigned } from "../scaffold/self-signed.ts";
import { PROGRAMS } from "./process.ts";

/** A Secret that was made, or null where it was refused. */
type Made = { readonly type: string; readonly data: Readonly<Record<string, string>> } | null;

const [one, other] = [selfSigned("one"), selfSigned("other")];

/** Files by name, in the top folder of the repository. */
const FILES: Readonly<Record<string, string | Buffer>> = {
  ...{ "d/one": "one\n", "d/two.txt": "two", "d/.hidden": "h", "d/sub/deep": "no" },
  ...{ "bad/name of it": "x", bytes: Buffer.from([0, 255, 254, 10]), "a=b": "x", "sp ace": "v" },
  "plain.env": `# c\n\n  # indented\nA=1\n  B=2 \nC="q"\nD='s'\nE=\nF=x=y\nG=a # b\nH= lead\n#I=1\n`,
  ...{
    "mark.env": "\ufeff# c\nA=1\n",
    "mark-within.env": "A=1\n \ufeffB=2\n",
    "crlf.env": "A=1\r\nB=2\r\n",
  },
  ...{ "environment.env": "FROM_ENV\nNOT_THERE\n", "blanks.env": "\u00a0\u0085\u2028A=1\n\t\nB=2" },
  ...{ "odd.env": "a.b=1\n-c=2\n_d=3\n.e=4\n", "zero.env": "A=a\0b\n", "umlaut.env": "A=\u00e4\n" },
  ...{
    "export.env": "export A=1\n",
    "digit.env": "1A=1\n",
    "blank.env": "A B=1\n",
    "equals.env": "A = 1\n",
  },
  ...{
    "none.env": "=1\n",
    "twice.env": "A=1\nA=2\n",
    "letter.env": "\u00c4=1\n",
    "dots.env": "..a=1\n",
  },
  ...{
    "latin.env": Buffer.from("A=\xff\n", "latin1"),
    "broken.env": "A=1\\\n2\n",
    "after.env": "A=x\ry\n",
  },
  ...{
    "config.json": '{"auths":{}}',
    "one.crt": one.cert,
    "one.key": one.key,
    "other.key": other.key,
  },
  ...{
    "chain.crt": `subject=one\n${one.cert}${other.cert}`,
    "der.crt": one.der,
    "both.pem": one.cert + one.key,
  },
  id: "a key\n",
};

const literals = [
  "a=b=c",
  "a=",
  "a= x ",
  'a="q"',
  "a.b=\u00e4",
  "-a=x",
  "a=l1\nl2\n",
  `${"a".repeat(253)}=x`,
];
const badLiterals = ["a", "=x", "a b=x", ".=x", "..=x", "..a=x", "a/b=x", `${"a".repeat(254)}=x`];
const files = [
  "d",
  "link",
  "bytes",
  "d/.hidden",
  "k=bytes",
  "k=d/one",
  "k=link-to-file",
  "k=sp ace",
];
const badFiles = [
  "bad",
  "none",
  "a=b",
  "k=a=b",
  "k=d",
  "k=link",
  "=bytes",
  "k=",
  "k y=bytes",
  "sp ace",
];
const envFiles = Object.keys(FILES).filter((name) => name.endsWith(".env"));

/** What follows `kubectl create secret`, and where `new secret` is called otherwise, how. */
const CALLS: readonly (readonly [readonly string[], (readonly string[])?])[] = [
  ...[...literals, ...badLiterals].map(
    (literal) => [["generic", `--from-literal=${literal}`]] as const,
  ),
  ...[...files, ...badFiles].map((file) => [["generic", `--from-file=${file}`]] as const),
  ...[...envFiles, "d"].map((file) => [["generic", `--from-env-file=${file}`]] as const),
  [["generic", "--from-literal=a=1", "--from-literal=a=2"]],
  [["generic", "--from-file=d", "--from-file=d/one"]],
  [["generic", "--from-file=bytes", "--from-literal=a=1"]],
  ...["kubernetes.io/basic-auth", "Opaque", "example.org/x"].map(
    (type) =>
      [
        ["generic", `--type=${type}`, "--from-literal=username=u", "--from-literal=password=p"],
      ] as const,
  ),
  [["generic", "--type=kubernetes.io/ssh-auth", "--from-file=ssh-privatekey=id"]],
  [["generic", "--type=kubernetes.io/dockercfg", "--from-file=.dockercfg=config.json"]],
  ...(
    [
      ...[
        ["one", "one"],
        ["chain", "one"],
        ["one", "other"],
        ["der", "one"],
        ["none", "one"],
      ],
    ] as const
  ).map(([cert, key]) => {
    const flags = [`--cert=${cert}.crt`, `--key=${key}.key`];
    return [
      ["tls", ...flags],
      ["--type=tls", ...flags],
    ] as const;
  }),
  [
    ["tls", "--cert=both.pem", "--key=both.pem"],
    ["--cert=both.pem", "--key=both.pem"],
  ],
  ...[
    ["--docker-username=u", "--docker-password=p"],
    [
      "--docker-server=ghcr.io",
      "--docker-username=u:v",
      '--docker-password=\u00e4"\\',
      "--docker-email=e@x",
    ],
    ["--docker-username=u"],
    ["--from-file=config.json"],
    ["--from-file=.dockerconfigjson=config.json"],
    ["--from-file=d"],
  ].map(
    (flags) =>
      [
        ["docker-registry", ...flags],
        ["--type=docker-registry", ...flags],
      ] as const,
  ),
];

test("new secret makes what kubectl create secret makes, and refuses what it refuses", (t) => {
  const repository = scaffolded(t);
  const { dir } = repository;
  for (const [name, content] of Object.entries(FILES)) repository.write(name, content);
  for (const folder of ["d/sub", "empty"]) mkdirSync(join(dir, folder), { recursive: true });
  symlinkSync("one", join(dir, "d/link"));
  symlinkSync("d", join(dir, "link"));
  symlinkSync("d/one", join(dir, "link-to-file"));
  for (const [
    [kind = "", ...flags],
    ours = [`--type=${kind}`, ...flags].slice(
      flags.some((flag) => flag.startsWith("--type=")) ? 1 : 0,
    ),
  ] of CALLS) {
    const made = fromTool(repository, ours);
    const expected = fromKubectl(repository, kind, flags);
    t.deepEqual(made, expected, `${kind} ${flags.join(" ").slice(0, 80)}`);
  }
});

function fromKubectl(repository: Scaffolded, kind: string, flags: readonly string[]): Made {
  const { status, stdout } = spawnSync(
    join(PROGRAMS, "kubectl"),
    ["create", "secret", kind, "n", ...flags, "--dry-run=client", "-o", "json"],
    { cwd: repository.dir, encoding: "utf8", env: { ...repository.env, FROM_ENV: "e" } },
  );
  if (status !== 0) return null;
  const { type = "Opaque", data = {} } = JSON.parse(stdout) as Partial<NonNullable<Made>>;
  return { type, data };
}

function fromTool(repository: Scaffolded, flags: readonly string[]): Made {
  const path = "clusters/homelab/secrets/n.sops.yaml";
  const tool = (...args: string[]) =>
    repository.run("node", [".flux-sops/flux-sops.mjs", ...args], { env: { FROM_ENV: "e" } });
  if (tool("new", "secret", "n", "--namespace=default", ...flags).status !== 0) return null;
  const { stdout } = tool("decrypt", path);
  rmSync(join(repository.dir, path));
  const { type, data, stringData } = parse(stdout) as Record<
    "data" | "stringData",
    Record<string, string> | undefined
  > & { type?: string };
  const encoded = Object.entries(stringData ?? {}).map(([key, text]) => [
    key,
    Buffer.from(text).toString("base64"),
  ]);
  return { type: type ?? "Opaque", data: { ...data, ...Object.fromEntries(encoded) } };
}
