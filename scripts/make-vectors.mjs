// Makes the test vectors in test/fixtures/vectors/ with real sops. Run by hand, from the top folder:
//
//   node --import=./scripts/typescript.mjs scripts/make-vectors.mjs [--again] SOPS…
//
// SOPS… are paths of `sops` binaries; each says its own version. The vectors in the repository come
// from two:
//   go install github.com/getsops/sops/v3/cmd/sops@v3.13.3
//   go install github.com/getsops/sops/v3/cmd/sops@v3.8.1
//
// A vector is a folder `<sops version>/<case>/` with three files:
//   encrypted.<ext>  as `sops encrypt` wrote it
//   plain.<ext>      what `sops decrypt` of the same version makes of that
//   case.json        what it is about, and how it was encrypted: the names of its recipients (their
//                    keys come from test/fixtures/vector-identity.ts), its selection option, and so on
// test/sops/vectors.test.ts reads every such folder, so one made by any other way counts as well.
//
// To add a case: add a line to the table below and run this; folders that are there are left alone.
// With --again everything is made anew (all ciphertext changes). A case that a version of sops
// cannot encrypt, or cannot decrypt again, is an error: name the versions that can in `only`.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vectorKeyPair } from "../test/fixtures/vector-identity.ts";

const NEW = "3.13.3";
const EXTENSIONS = { yaml: "yaml", json: "json", dotenv: "env", ini: "ini", binary: "bin" };
const vectors = join(import.meta.dirname, "..", "test", "fixtures", "vectors");

/** A Kubernetes Secret, for the options. */
const SECRET = `# A database
apiVersion: v1
kind: Secret
metadata:
  name: db
  labels: {app: db, tier: "1"}
type: Opaque
data:
  token: aHVudGVyMg==
stringData:
  # The account
  user: admin # may change
  password: correct horse battery staple
  port: 5432
  tls: true
`;

/** Keys and comments for the selection options, in one tree. */
const TREE = `name: readable or not
plain_unencrypted: 1
secret_enc: two
nested:
  deep_enc:
    value: three
    list: [4, 5]
  deep_unencrypted:
    value: six
  other: 7.5
list:
  - key: eight
    key_enc: nine
`;

const COMMENTED = `# secret: all below, until the next key
first: one
second: two
third:
  # public
  inner: three
  # secret
  hidden: four
  list:
    - a
    # secret
    - b
    - c
fourth: five # secret
fifth: six
`;

const JSON_TREE = `{
  "name": "readable or not",
  "plain_unencrypted": 1,
  "secret_enc": "two",
  "nested": {"deep_enc": {"value": "three", "list": [4, 5]}, "other": 7.5},
  "list": [{"key": "eight", "key_enc": "nine"}]
}
`;

const DOTENV = `# The account
USER=admin
PASSWORD=correct horse battery staple
PORT_unencrypted=5432
SECRET_enc=two
`;

const INI = `; The account
[database]
user = admin
password = correct horse battery staple
port_unencrypted = 5432

[other_enc]
# A note
key = tiger
secret_enc = two
`;

/** One set of the selection options for a format; `since` is the version that has the comment ones. */
function selections(format, source, comments) {
  const options = [
    ["encrypted_regex", "^(secret|deep|SECRET|other)_enc$"],
    ["encrypted_suffix", "_enc"],
    ["unencrypted_regex", "(?i)^(name|nested|user|database)$"],
    ["unencrypted_suffix", "_enc"],
  ];
  const cases = options.map((selection) => ({
    name: `${format}-${selection[0].replaceAll("_", "-")}`,
    format,
    what: `${selection[0]} in ${format}`,
    source,
    selection,
  }));
  if (comments !== null) {
    for (const option of ["encrypted_comment_regex", "unencrypted_comment_regex"]) {
      cases.push({
        name: `${format}-${option.replaceAll("_", "-")}`,
        format,
        what: `${option} in ${format}`,
        source: comments,
        selection: [option, "secret"],
        only: [NEW],
      });
    }
  }
  return cases.flatMap((one) => [
    one,
    {
      ...one,
      name: `${one.name}-mac-only`,
      what: `${one.what}, with mac_only_encrypted`,
      macOnlyEncrypted: true,
      only: [NEW],
    },
  ]);
}

const yaml = (name, what, source, rest = {}) => ({
  name: `yaml-${name}`,
  format: "yaml",
  what,
  source,
  ...rest,
});
const json = (name, what, source, rest = {}) => ({
  name: `json-${name}`,
  format: "json",
  what,
  source,
  ...rest,
});
const dotenv = (name, what, source, rest = {}) => ({
  name: `dotenv-${name}`,
  format: "dotenv",
  what,
  source,
  ...rest,
});
const ini = (name, what, source, rest = {}) => ({
  name: `ini-${name}`,
  format: "ini",
  what,
  source,
  ...rest,
});
const binary = (name, what, source, rest = {}) => ({
  name: `binary-${name}`,
  format: "binary",
  what,
  source,
  ...rest,
});

/** Values beside each other, each encrypted once and left readable once. */
function both(values) {
  const lines = values.map((value, index) => `  v${index + 1}: ${value}\n`).join("");
  return `encrypted:\n${lines}readable_unencrypted:\n${lines}`;
}

/** Encrypted only: sops cannot verify its own file where these stay readable, or changes them. */
function encrypted(values) {
  return values.map((value, index) => `v${index + 1}: ${value}\n`).join("");
}

const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, index) => index));

const CASES = [
  // YAML: scalars
  yaml(
    "words",
    "words that other YAML versions take for booleans",
    both(["yes", "no", "on", "off", "y", "n", "Yes", "NO", "On", "OFF"]),
  ),
  yaml(
    "booleans",
    "every spelling of booleans",
    both("true True TRUE false False FALSE".split(" ")),
  ),
  yaml(
    "integers",
    "octal, hexadecimal, binary, underscores, signs",
    both(["0777", "0o17", "0x1F", "0b101", "1_000", "+7", "-7", "0", "-0", "00", "0o0"]),
  ),
  yaml(
    "big-integers",
    "the ends of 64 bits, and past them",
    both(["9223372036854775807", "-9223372036854775808", "9007199254740993"]),
  ),
  yaml(
    "huge-integers",
    "integers beyond 64 bits are floats",
    encrypted(["123456789012345678901234567890", "-99999999999999999999"]),
  ),
  yaml(
    "floats",
    "exponents, no leading digit, trailing zeros",
    both(["1e3", ".5", "1.0", "1.10", "12e03", "-1.5", "+2.5", "5.", "0.1", "1_0.5"]),
  ),
  yaml(
    "small-floats",
    "floats that are long without an exponent",
    encrypted(["1e-7", "6.02e23", "4.9e-324"]),
  ),
  yaml("negative-zero", "an encrypted -0.0", encrypted(["-0.0", "-0.", "0.0"])),
  yaml(
    "infinities",
    "infinities and not a number",
    encrypted([".inf", "-.inf", "+.Inf", ".nan", ".NaN"]),
  ),
  yaml(
    "times",
    "encrypted dates and times",
    encrypted([
      "2001-12-14",
      "2001-12-14t21:59:43.10-05:00",
      "2001-12-14T21:59:43Z",
      "2001-12-14 21:59:43.1",
    ]),
    { only: [NEW] },
  ),
  yaml(
    "sexagesimal",
    "sexagesimals and versions are strings",
    both(["190:20:30", "1.2.3", "12:30", "v1", "1-2"]),
  ),
  yaml("nulls", "every spelling of null", both(["~", "null", "Null", "NULL", ""])),
  yaml("empty-strings", "empty strings stay as they are", both(["''", '""', "' '", "|-"])),
  yaml(
    "quoted-look-alikes",
    "quoted strings that would be something else without quotes",
    both(
      [
        "yes",
        "true",
        "0777",
        "0o17",
        "1e3",
        ".5",
        "-0.0",
        "2001-12-14",
        "null",
        "~",
        "1_000",
        "0b1",
        ".inf",
        "<<",
        "=",
        "+7",
      ].map((text) => `"${text}"`),
    ),
  ),
  yaml(
    "indicators",
    "strings that begin or end with indicators",
    both([
      "'- a'",
      "'# a'",
      "'a # b'",
      "'a: b'",
      "'a:'",
      "'&a'",
      "'*a'",
      "'!a'",
      "'|'",
      "'>'",
      "'%a'",
      "'@a'",
      "'`a'",
      "'{a'",
      "'[a'",
      "']'",
      "'}'",
      "','",
      "'?'",
      "'? a'",
      "'-'",
      "'--- a'",
      "'...'",
      '"\\"a\\""',
      "'it''s'",
      "a:b#c",
      "-x",
      "?x",
      "':'",
    ]),
  ),
  yaml(
    "white-space",
    "white space at both ends, tabs, trailing line breaks",
    both([
      '" a"',
      '"a "',
      '"\\ta\\t"',
      '"a\\tb"',
      '"\\n"',
      '"\\n\\n"',
      '"a\\n"',
      '"\\na"',
      '"a\\n\\n"',
      '"  a\\n b\\n"',
      '"a \\nb"',
      '" "',
    ]),
    // 3.8.1 computes another MAC when it reads what it wrote.
    { only: [NEW] },
  ),
  yaml(
    "escapes",
    "control characters and every escape",
    both([
      '"\\0\\a\\b\\e\\f\\v"',
      '"\\x01\\x7f"',
      '"\\u0085\\u00a0\\u2028\\u2029"',
      '"\\U0001F600"',
      '"a\\\\c"',
      '"\\r\\n"',
      '"\\ufeff"',
    ]),
    { only: [NEW] },
  ),
  yaml(
    "unicode",
    "text beyond ASCII, in keys as well",
    'schlüssel: wörter\n鍵: 値 🔑\n"e\\u0301": e\u0301\nrtl: \u05e9\u05dc\u05d5\u05dd\nemoji: 👩‍👩‍👧 🏳️‍🌈\nast: 𝒳\n',
  ),
  yaml(
    "long",
    "a long value and a long line",
    `words: ${"lorem ipsum dolor ".repeat(60).trim()}\nblob: ${"x".repeat(4000)}\n`,
  ),
  // YAML: blocks
  yaml(
    "literal-blocks",
    "literal blocks with every chomping",
    "encrypted:\n  clip: |\n    one\n    two\n  strip: |-\n    one\n\n      two\n  keep: |+\n    one\n\n\n  indented: |2\n      two more\n    less\n  last: x\nr_unencrypted: |\n  one\n\n  two\n",
  ),
  yaml(
    "folded-blocks",
    "folded blocks with every chomping",
    "clip: >\n  one\n  two\n\n  three\nstrip: >-\n  one\n  two\nkeep: >+\n  one\n   more\n  two\n\nlast: x\n",
  ),
  yaml(
    "flowing-scalars",
    "plain and quoted strings over several lines",
    "plain: one\n  two\n\n  three\nsingle: 'one\n  two\n\n  three'\ndouble: \"one\n  two \\\n  three\\n\n  four\"\n",
  ),
  yaml(
    "certificate",
    "a file within a value",
    `tls.crt: |\n  -----BEGIN CERTIFICATE-----\n${`  ${"QUJD".repeat(16)}\n`.repeat(6)}  -----END CERTIFICATE-----\nconfig.json: |\n  {\n    "a": [1, 2],\n  \t"b": "c"\n  }\n`,
  ),
  yaml(
    "empty-blocks",
    "blocks without text, or of line breaks only",
    "a: |\nb: >-\nc: |+\n\n\nd: x\n",
    // 3.8.1 loses the line breaks in plain text.
    { only: [NEW] },
  ),
  // YAML: collections
  yaml(
    "nested",
    "lists of lists, lists of mappings, mappings of lists",
    "a:\n  - - 1\n    - two\n  - - - three\nb:\n  - x: 1\n    y: [2, {z: three}]\n  -\n    - 4\nc:\n- d\n- e: f\n",
  ),
  yaml(
    "flow",
    "flow collections over several lines",
    "a: {b: 1, 'c': [x, \"y\", {d: e}], f: {}}\ng: [\n  one,\n  two, three\n]\nh: {i: j,\n  k: l}\n",
  ),
  yaml(
    "json-as-yaml",
    "JSON in a YAML file",
    '{"a": "one", "b": [1, 2.5, null, true, {"c": ""}], "d": {}}\n',
  ),
  yaml("empty-collections", "empty mappings and lists", "a: {}\nb: []\nc:\n  - {}\n  - []\nd: x\n"),
  yaml(
    "nulls-in-lists",
    "nulls and empty strings in lists",
    "a: [~, null, '', x]\nb:\n  -\n  - ~\n  - y\n",
  ),
  yaml(
    "deep",
    "twenty levels",
    `${Array.from({ length: 20 }, (_, level) => `${"  ".repeat(level)}l${level}:\n`).join("")}${"  ".repeat(20)}end: x\n`,
  ),
  yaml(
    "keys",
    "quoted, empty and odd keys",
    "'': empty\n' ': space\n\"a b\": c\n'a:b': colon\na.b: dot\n'1': one\n'true': word\n'~': tilde\n'null': nothing\n'# a': hash\n? question\n: mark\n\"tab\\t\": t\n'- x': dash\n",
  ),
  yaml(
    "prototype-keys",
    "keys that mean something to JavaScript",
    "__proto__: a\nconstructor: {prototype: b}\ntoString: c\nhasOwnProperty: [d]\nlength: 1\nthen: e\n",
  ),
  yaml(
    "same-values",
    "one value many times",
    "a: same\nb: same\nc: [same, same, same]\nd: {a: same}\n",
  ),
  // YAML: anchors and tags
  yaml(
    "anchors",
    "aliases of single values",
    "base: &base hunter2\ncopy: *base\nlist: [&item x, *item]\n",
  ),
  yaml(
    "anchored-mappings",
    "aliases of a mapping and a list",
    "base: &base\n  user: admin\n  port: 1\nlist: &list\n  - a\n  - b\ncopy: *base\nagain: *list\n",
  ),
  yaml(
    "merge-keys",
    "merge keys are expanded, not merged",
    "base: &base\n  user: admin\n  port: 1\ncopy:\n  <<: *base\n  port: 2\n",
  ),
  yaml(
    "tags",
    "standard and own tags",
    "a: !!str 123\nb: !!binary aGVsbG8=\nc: !custom x\nd: !!str true\ne: !!int 7\nf: !!float 1\ng: !!map {x: y}\n",
    { only: [NEW] },
  ),
  yaml(
    "tagged-strings",
    "values tagged as strings",
    "a: !!str 123\nb: !!str true\nc: !!str\nd: !custom x\n",
  ),
  // YAML: comments
  yaml(
    "comments",
    "comments before, beside and behind",
    "# at the top\n\n# before a\na: one # beside a\n# between a and b\n\n# before b\nb: # beside the key b\n  # before c\n  c: two\n  # behind c\n# at the end\n",
  ),
  yaml(
    "comments-in-lists",
    "comments in lists",
    "list:\n  # before the first\n  - one # beside one\n  # before the second\n  - two\n  # behind\nmaps:\n  # before a map\n  - a: one\n    # inside\n    b: two\n",
  ),
  yaml(
    "comment-texts",
    "odd comment texts",
    "#\n# \n#no space\n##### many\n#\ttab\n# ünï 😀 # hash\n# ENC[not a token]\n# key: value\na: one #x\n#! shebang\nb: two\n",
  ),
  yaml("comments-readable", "comments in encrypted and readable parts", SECRET, {
    selection: ["encrypted_regex", "^(data|stringData)$"],
  }),
  yaml(
    "comments-in-flow",
    "comments in flow collections",
    "a: [\n  one, # beside one\n  # before two\n  two\n]\nb: {\n  # before c\n  c: d # beside d\n}\n",
  ),
  yaml(
    "commented-out",
    "values that were commented out",
    "data:\n  # password: hunter1\n  password: hunter2\n  #old: hunter0\nmeta_unencrypted:\n  # stays\n  a: b\n",
  ),
  // YAML: documents and bytes
  yaml("documents", "several documents", "a: one\n---\nb: two\nc: [x]\n---\na: one\n"),
  yaml(
    "documents-with-comments",
    "comments around documents",
    "# first\na: one\n# end of first\n---\n# second\nb: two\n",
  ),
  yaml(
    "document-markers",
    "markers and a directive",
    "%YAML 1.1\n---\na: one\n...\n---\nb: two\n...\n",
  ),
  yaml("empty-documents", "documents with nothing in them", "a: one\n---\n---\nb: two\n", {
    only: [NEW],
  }),
  yaml("crlf", "Windows line ends", "a: one\r\nb: |\r\n  two\r\n  three\r\n# note\r\nc: 'x'\r\n"),
  yaml("byte-order-mark", "a byte order mark", "\uFEFFa: one\nb: two\n"),
  yaml("no-line-break", "no line break at the end", "a: one\nb: two"),
  yaml("blank-lines", "blank lines everywhere", "\n\na: one\n\n\nb:\n\n  c: two\n\n\n"),
  yaml(
    "only-readable",
    "nothing that is encrypted",
    "a_unencrypted: one\nb_unencrypted: [1, yes]\n",
  ),
  yaml("single", "one value", "a: one\n"),
  // YAML: whole files as they are met
  yaml("secret", "a Secret, data and stringData", SECRET, {
    selection: ["encrypted_regex", "^(data|stringData)$"],
  }),
  yaml("secret-whole", "a Secret, encrypted whole", SECRET),
  yaml("secret-mac-only", "a Secret as this project's rules have it", SECRET, {
    selection: ["encrypted_regex", "^(data|stringData)$"],
    macOnlyEncrypted: true,
    only: [NEW],
  }),
  yaml(
    "secrets",
    "two Secrets and a ConfigMap",
    `${SECRET}---\n${SECRET.replace("name: db", "name: other")}---\nkind: ConfigMap\ndata:\n  a: |\n    x\n    y\n`,
    {
      selection: ["encrypted_regex", "^(data|stringData)$"],
    },
  ),
  yaml(
    "helm-values",
    "values of a Helm chart",
    "image:\n  repository: ghcr.io/x/y\n  tag: 1.10.0\nreplicas: 2\nauth: &auth\n  username: admin\n  password: hunter2\nenv:\n  - name: TOKEN\n    value: '0123'\n  - {name: DEBUG, value: \"false\"}\nmetrics:\n  auth: *auth\n",
    {
      selection: ["encrypted_regex", "^(password|value)$"],
    },
  ),
  yaml(
    "talos",
    "machine secrets of Talos",
    `cluster:\n    id: ${"a".repeat(43)}=\n    secret: ${"b".repeat(43)}=\nsecrets:\n    bootstraptoken: abcdef.0123456789abcdef\ntrustdinfo:\n    token: uvwxyz.0123456789abcdef\ncerts:\n    etcd:\n        crt: ${"QUJD".repeat(40)}\n        key: ${"REVG".repeat(40)}\n`,
  ),
  yaml(
    "indent-2",
    "stores.yaml.indent 2",
    "a:\n  b:\n    - one\n    - c: |\n        two\n        three\n",
    { stores: { yaml: { indent: 2 } }, only: [NEW] },
  ),
  yaml("indent-8", "stores.yaml.indent 8", "a:\n  b:\n    - one\n    - c: two\n", {
    stores: { yaml: { indent: 8 } },
    only: [NEW],
  }),
  yaml(
    "suffix-own",
    "an unencrypted suffix of one's own",
    "a_clear: one\nb: {c_clear: 2, d: three}\n",
    { selection: ["unencrypted_suffix", "_clear"] },
  ),
  yaml(
    "regex-re2",
    "a pattern with an RE2 flag in its middle",
    "Data: one\nDATA: two\ndata: three\nother: four\n",
    { selection: ["encrypted_regex", "^(?i:da)ta$|^x(?-i)y"] },
  ),
  yaml("mac-only-default", "mac_only_encrypted with the usual selection", TREE, {
    macOnlyEncrypted: true,
    only: [NEW],
  }),
  yaml("two-recipients", "two recipients", SECRET, { recipients: ["first", "second"] }),
  yaml("key-group", "one key group", "a: one\n", { recipients: ["second", "first"], group: true }),
  yaml("post-quantum", "a post-quantum recipient", "a: one\n", {
    recipients: ["post-quantum"],
    only: [NEW],
  }),
  yaml(
    "post-quantum-and-another",
    "a post-quantum recipient and an X25519 one: sops does not mind",
    "a: one\n",
    {
      recipients: ["first", "post-quantum"],
      only: [NEW],
    },
  ),
  ...selections("yaml", TREE, COMMENTED),

  // JSON
  json(
    "types",
    "every type",
    '{"s": "tiger", "i": 1, "f": 1.5, "t": true, "n": null, "e": "", "l": [1, "two", false, null, ""], "o": {"a": {"b": "c"}}}\n',
  ),
  json(
    "numbers",
    "exponents, zeros, the ends of 64 bits",
    '{"a": 1e3, "b": -0.0, "c": 1.10, "d": 9223372036854775807, "e": -9223372036854775808, "f": 12345678901234567890123, "g": 1E-7, "h": 0, "i": -0, "j": 1.0, "k": 9007199254740993}\n',
    { only: [NEW] },
  ),
  json(
    "small-numbers",
    "numbers that a float holds",
    '{"a": 1, "b": -2.5, "c": 100000, "d": 0.1, "u_unencrypted": 3}\n',
  ),
  json(
    "strings",
    "escapes and text beyond ASCII",
    '{"a": "\\u00e9\\ud83d\\ude00", "b": "é😀", "c": "\\"\\\\\\/\\b\\f\\n\\r\\t", "d": "<>&", "e": "\\u0000\\u001f", "u_unencrypted": "<é>\\n", "\\u00fc": "key", "line": "a\\nb\\n"}\n',
  ),
  json(
    "look-alikes",
    "strings that look like something else",
    '{"a": "1", "b": "true", "c": "null", "d": "0777", "e": "yes", "u_unencrypted": ["1", "true", "null"]}\n',
  ),
  json(
    "empty",
    "empty objects, lists and strings",
    '{"a": {}, "b": [], "c": "", "d": [[], {}], "e": "x"}\n',
  ),
  json("no-values", "an object without anything", "{}\n"),
  json(
    "keys",
    "odd keys",
    '{"": "empty", "a:b": "colon", "a b": "space", "__proto__": "p", "constructor": {"prototype": 1}, "1": "digit"}\n',
  ),
  json("nested", "lists of lists", '{"a": [[1, [2, ["three"]]], [{"b": [{"c": "d"}]}]]}\n'),
  json("one-line", "no white space at all", '{"a":"one","b":[1,2],"c":{"d":"two"}}'),
  json("layout", "its own layout", '\n  {\n      "a" : "one"  ,\r\n\t"b":\n[ 1 ,2 ]\n }  \n'),
  json(
    "docker-config",
    "credentials of a registry",
    '{"auths": {"ghcr.io": {"auth": "YWRtaW46aHVudGVyMg==", "username": "admin"}}}\n',
    { selection: ["encrypted_regex", "^auth$"] },
  ),
  json("two-recipients", "two recipients", JSON_TREE, { recipients: ["first", "second"] }),
  json("post-quantum", "a post-quantum recipient", '{"a": "one"}\n', {
    recipients: ["post-quantum"],
    only: [NEW],
  }),
  json("indent-2", "stores.json.indent 2", JSON_TREE, {
    stores: { json: { indent: 2 } },
    only: [NEW],
  }),
  ...selections("json", JSON_TREE, null),

  // dotenv
  dotenv(
    "values",
    "what values may hold",
    "A=1\nB=two words\nC=\"quoted\"\nD='single'\nE=a=b=c\nF=#no comment\nG= leading\nH=trailing \nI=ünï 😀\nJ=$A ${B}\nK=true\n",
  ),
  dotenv("empty-values", "empty values", "A=\nB=x\nC=\n"),
  dotenv(
    "comments",
    "comments before, between, behind",
    "# first\nA=1\n#no space\n\n# second\nB=2\n#\n# last\n",
  ),
  dotenv("line-breaks", "escaped line breaks and backslashes", "A=one\\ntwo\nB=c:\\\\new\nC=\\t\n"),
  dotenv("keys", "odd keys", "lower=1\nwith.dot=2\nwith-dash=3\nA_unencrypted=4\nexport X=5\n"),
  dotenv("no-line-break", "no line break at the end", "A=1\nB=2"),
  dotenv("crlf", "Windows line ends: part of the values", "A=1\r\nB=two\r\n"),
  dotenv("long", "a long value", `A=${"x".repeat(3000)}\nB=y\n`),
  dotenv("two-recipients", "two recipients", DOTENV, { recipients: ["first", "second"] }),
  dotenv("post-quantum", "a post-quantum recipient", "A=1\n", {
    recipients: ["post-quantum"],
    only: [NEW],
  }),
  ...selections("dotenv", DOTENV, "# secret\nA=1\nB=2\n# public\nC=3\n# secret too\nD=4\n"),

  // INI
  ini(
    "values",
    "what values may hold",
    "[a]\ns = tiger\ni = 1\nb = true\nq = \"quoted\"\nsq = 'single'\nu = ünï 😀\ne = a = b\nw = a b  c\n",
  ),
  ini(
    "sections",
    "several sections, one empty",
    "[one]\na = 1\n\n[two]\n\n[three.four]\na = 1\nb = 2\n",
  ),
  ini("default-section", "keys before any section", "a = 1\nb = two\n[s]\nc = three\n"),
  ini("empty-values", "empty values", "[s]\na =\nb = x\nc = \n"),
  ini(
    "comments",
    "comments with both marks",
    "# top\n[s]\n; before a\na = 1\n# before b\nb = 2\n\n; before t\n[t]\nc = 3\n",
  ),
  ini("delimiters", "other spacing and colons", "[s]\na=1\nb : 2\n  c   =   3\n"),
  ini("multi-line", "values over several lines", '[s]\na = """one\ntwo"""\nb = x\n'),
  ini("crlf", "Windows line ends", "[s]\r\na = 1\r\nb = two\r\n"),
  ini("no-line-break", "no line break at the end", "[s]\na = 1"),
  ini(
    "keys",
    "odd keys",
    "[s]\nwith.dot = 1\nwith-dash = 2\nwith space = 3\nA_unencrypted = 4\n__proto__ = 5\n",
  ),
  ini("two-recipients", "two recipients", INI, { recipients: ["first", "second"] }),
  ini("post-quantum", "a post-quantum recipient", "[s]\na = 1\n", {
    recipients: ["post-quantum"],
    only: [NEW],
  }),
  ...selections("ini", INI, "[s]\n; secret\na = 1\nb = 2\n; public\nc = 3\n[t]\nd = 4\n"),

  // Binary
  binary("text", "a text file", "just text\nof two lines\n"),
  binary("bytes", "every byte", EVERY_BYTE, { only: [NEW] }),
  binary("empty", "an empty file", ""),
  binary("one-byte", "one byte", "x"),
  binary(
    "invalid-utf-8",
    "bytes that are no UTF-8",
    Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28, 0xed, 0xa0, 0x80]),
    { only: [NEW] },
  ),
  binary("json", "JSON under another name", '{"a": 1, "sopsy": {}}\n'),
  binary("yaml", "YAML under another name", "a: one\nsops: none\n"),
  binary("crlf", "Windows line ends and no line break at the end", "a\r\nb\r\n\r\nc"),
  binary("long", "some kilobytes", Buffer.from("0123456789abcdef\n".repeat(300))),
  binary("unicode", "text beyond ASCII", "\uFEFFünï 😀\u2028\u0000\n"),
  binary("two-recipients", "two recipients", "text\n", { recipients: ["first", "second"] }),
  binary("post-quantum", "a post-quantum recipient", "text\n", {
    recipients: ["post-quantum"],
    only: [NEW],
  }),
  binary("mac-only", "mac_only_encrypted", "text\n", { macOnlyEncrypted: true, only: [NEW] }),
];

const again = process.argv.includes("--again");
const binaries = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
if (binaries.length === 0) {
  console.error(
    "Name the sops binaries: node --import=./scripts/typescript.mjs scripts/make-vectors.mjs SOPS…",
  );
  process.exit(2);
}
const names = CASES.map(({ name }) => name);
const twice = names.find((name, index) => names.indexOf(name) !== index);
if (twice !== undefined) throw new Error(`two cases are named ${twice}`);

const keys = new Map();
for (const name of ["first", "second", "post-quantum"]) keys.set(name, await vectorKeyPair(name));

const temporary = mkdtempSync(join(tmpdir(), "flux-sops-vectors-"));
let failed = 0;
try {
  for (const path of binaries) makeAll(path);
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
process.exit(failed === 0 ? 0 : 1);

function makeAll(path) {
  const help = execFileSync(path, ["--version", "--disable-version-check"], { encoding: "utf8" });
  const version = /^sops (\d+\.\d+\.\d+)/.exec(help)?.[1];
  if (version === undefined) throw new Error(`${path} does not say which version of sops it is`);
  let made = 0;
  for (const one of CASES) {
    if (one.only !== undefined && !one.only.includes(version)) continue;
    const folder = join(vectors, version, one.name);
    if (existsSync(folder) && !again) continue;
    try {
      make(path, one, folder);
      made += 1;
    } catch (error) {
      failed += 1;
      console.error(
        `${version} ${one.name}: ${
          String(error.stderr ?? error)
            .trim()
            .split("\n")[0]
        }`,
      );
    }
  }
  console.log(`sops ${version}: ${made} made`);
}

function make(path, one, folder) {
  const { name, format, what, source, recipients = ["first"] } = one;
  const { selection = null, macOnlyEncrypted = false, stores = null, group = false } = one;
  const age = recipients.map((recipient) => keys.get(recipient).recipient);
  const rule = group ? { key_groups: [{ age }] } : { age: age.join(",") };
  if (selection !== null) rule[selection[0]] = selection[1];
  if (macOnlyEncrypted) rule.mac_only_encrypted = true;
  const config = join(temporary, ".sops.yaml");
  // JSON is YAML.
  writeFileSync(config, JSON.stringify({ creation_rules: [rule], ...(stores && { stores }) }));

  const extension = EXTENSIONS[format];
  const file = join(temporary, `${name}.${extension}`);
  writeFileSync(file, source);
  // Only those that are needed: older versions refuse a post-quantum one that they see.
  const identities = recipients.map((recipient) => keys.get(recipient).identity);
  const encrypted = sops(path, identities, ["--config", config, "--encrypt", file]);
  writeFileSync(file, encrypted);
  // The indentation of stores counts for decrypting, too.
  const plain = sops(path, identities, ["--config", config, "--decrypt", file]);

  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `encrypted.${extension}`), encrypted);
  writeFileSync(join(folder, `plain.${extension}`), plain);
  const about = {
    what,
    format,
    recipients,
    selection: selection === null ? null : { option: selection[0], pattern: selection[1] },
    macOnlyEncrypted,
    ...(stores?.[format]?.indent !== undefined && { indent: stores[format].indent }),
  };
  writeFileSync(join(folder, "case.json"), `${JSON.stringify(about, null, 2)}\n`);
}

function sops(path, identities, args) {
  return execFileSync(path, args, {
    cwd: temporary,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      HOME: temporary,
      SOPS_AGE_KEY: identities.join("\n"),
    },
  });
}
