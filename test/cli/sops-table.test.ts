import test from "ava";
import { encryptFile } from "../../sops/encrypt.ts";
import type { Format } from "../../sops/format.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import { KNOWN_COMMAND_DIFFERENCES } from "../conformance/known-differences.ts";
import { testWith } from "../real-tools.ts";
import { bothPrograms } from "./both-programs.ts";

/**
 * The commands that sops has too, in odd uses: a line of shell, in which `sops` is sops 3.13.3 the one time and
 * this project the other, and what comes of it. `100` is an exit status, `> plain.yaml` what is printed,
 * `p.yaml=ENC-yaml` a file that is another one afterwards; `plain.yaml` and its like are the plaintexts
 * below, `ENC-yaml` an encrypted file, of which the plaintext and the recipients are compared.
 *
 * Where the two part on purpose, the line is in test/conformance/known-differences.ts.
 *
 * @see cmd/sops/main.go and cmd/sops/codes/codes.go of sops
 */

const own = await generateKeyPair();
const stranger = await generateKeyPair();

const PLAIN = {
  "plain.yaml": "password: hunter1\nuser: admin\n",
  "plain.json": '{\n\t"password": "hunter1",\n\t"user": "admin"\n}\n',
  "plain.env": "password=hunter1\nuser=admin\n",
  "plain.ini": "[main]\npassword = hunter1\nuser     = admin\n",
  "plain.txt": "hunter1 hunter2\n",
} as const;
const LIST = "items:\n    - hunter1\n    - hunter2\nport: 5432\nmap:\n    a: hunter3\n";

async function encrypted(
  text: string,
  format: Format,
  recipients = [own.recipient],
): Promise<string> {
  const rule = { recipients, selection: null, macOnlyEncrypted: false };
  return (await encryptFile(readSopsFile(Buffer.from(text), format).file, rule)).text;
}

const E = await encrypted(PLAIN["plain.yaml"], "yaml");
/** Another text with the same beginning: the last character of the match is another one. */
const changed = (text: string, match: RegExp) =>
  text.replace(match, (found) => found.slice(0, -1) + (found.endsWith("A") ? "B" : "A"));

const FILES: Readonly<Record<string, string>> = {
  ".sops.yaml": `creation_rules:\n  - path_regex: ^[^/]*$\n    age: ${own.recipient}\n`,
  "rules-other.yaml": `creation_rules:\n  - age: ${own.recipient},${stranger.recipient}\n`,
  "sub/p.yaml": PLAIN["plain.yaml"],
  "sub/e.yaml": E,
  "nested/.sops.yaml": `creation_rules:\n  - age: ${stranger.recipient}\n`,
  "misruled/.sops.yaml": "creation_rules: [\n",
  "anywhere/.sops.yaml": `creation_rules:\n  - age: ${own.recipient}\n`,
  "misruled/e.yaml": E,
  "nested/p.yaml": PLAIN["plain.yaml"],
  "folder/e.sops.yaml": E,
  "p.yaml": PLAIN["plain.yaml"],
  "p.json": PLAIN["plain.json"],
  "p.txt": PLAIN["plain.txt"],
  "array.json": "[1]\n",
  "reserved.yaml": "sops: hunter1\na: b\n",
  "metaonly.yaml": "password: hunter1\nsops:\n    version: 3.9.0\n",
  "comment.yaml": "# only this\n",
  "e.yaml": E,
  "e.json": await encrypted(PLAIN["plain.json"], "json"),
  "e.env": await encrypted(PLAIN["plain.env"], "dotenv"),
  "e.ini": await encrypted(PLAIN["plain.ini"], "ini"),
  "e.txt": await encrypted(PLAIN["plain.txt"], "binary"),
  "list.yaml": await encrypted(LIST, "yaml"),
  "two.yaml": await encrypted(PLAIN["plain.yaml"], "yaml", [own.recipient, stranger.recipient]),
  "other.yaml": await encrypted(PLAIN["plain.yaml"], "yaml", [stranger.recipient]),
  "tampered.yaml": changed(E, /password: ENC\[AES256_GCM,data:./),
  "badmac.yaml": E.replace(/^user: .*\n/m, ""),
  "nomac.yaml": E.replace(/^ {4}mac: .*\n/m, ""),
  "noversion.yaml": E.replace(/^ {4}version: .*\n/m, ""),
  "broken.yaml": "password: [hunter1\n",
  "empty.yaml": "",
  "blank.yaml": "\n",
  "unreadable.yaml": E,
  "value.json": '"hunter8"',
  "rules-pass.yaml": `creation_rules:\n  - age: ${own.recipient}\n    encrypted_regex: pass\n`,
  "ed/append": '#!/bin/sh\necho "more: hunter7" >> "$1"\n',
  "ed/appendeq": '#!/bin/sh\necho "more=hunter7" >> "$1"\n',
  "ed/breaks": `#!/bin/sh\ntest -e "$HOME/seen" && exit 1\ntouch "$HOME/seen"\necho "a: [" > "$1"\n`,
  "ed/empties": `#!/bin/sh\ntest -e "$HOME/seen" && exit 1\ntouch "$HOME/seen"\n: > "$1"\n`,
  "ed/code": "#!/bin/sh\n",
  "ed/removes": '#!/bin/sh\nrm "$1"\n',
};

const CHANGES = "The following changes will be made to the file's groups:\nGroup 1\n";

const TIME = "printf 'a: 2001-12-14\\n' > t.yaml; sops encrypt --age OWN -i t.yaml";

const ROWS: readonly (readonly [line: string, outcome: string])[] = [
  // decrypt
  ["sops decrypt nowhere.yaml", "100"],
  ["sops decrypt e.yaml", "0 > plain.yaml"],
  ["sops decrypt e.env", "0 > plain.env"],
  ["sops decrypt e.txt", "0 > plain.txt"],
  ["sops decrypt empty.yaml", "1"],
  ["sops decrypt p.yaml", "1"],
  ["sops decrypt broken.yaml", "1"],
  ["sops decrypt tampered.yaml", "25"],
  ["sops decrypt badmac.yaml", "51"],
  ["sops decrypt nomac.yaml", "51"],
  ["sops decrypt noversion.yaml", "1"],
  ["sops decrypt --ignore-mac badmac.yaml", "0 > password: hunter1"],
  ["sops decrypt other.yaml", "128"],
  ["SOPS_AGE_KEY= sops decrypt e.yaml", "128"],
  [
    `SOPS_AGE_KEY= SOPS_AGE_KEY_CMD='sh -c "echo asked >> asked; exit 1"' sops decrypt two.yaml; wc -l < asked; rm asked`,
    "0 > 2",
  ],
  ["sops --disable-version-check decrypt e.yaml", "0 > plain.yaml"],
  ["sops --disable-version-check -d e.yaml", "0 > plain.yaml"],
  ["sops decrypt", "1"],
  ["sops decrypt < e.txt", "0 > plain.txt"],
  ["sops decrypt --input-type yaml < e.yaml", "4"],
  ["sops decrypt --input-type yaml --output-type json < e.yaml", "0 > plain.json"],
  ["sops decrypt -i < e.yaml", "8"],
  ["sops decrypt -i e.yaml", "0 e.yaml=plain.yaml"],
  ["sops decrypt --output out.yaml e.yaml", "0 out.yaml=plain.yaml"],
  ["sops decrypt --output nowhere/out.yaml e.yaml", "3"],
  ['sops decrypt --output "" e.yaml', "0 > plain.yaml"],
  [
    String.raw`printf '# x\na=one\n#y\n' > c.env; sops encrypt --output-type yaml c.env | sops decrypt --input-type yaml --output-type yaml; rm c.env`,
    "0 > # x\na: one\n#y",
  ],
  [
    String.raw`printf '# w\na:\n  # x\n  b: one # y\n  # z\n' > c.yaml; sops encrypt -i c.yaml; sops decrypt --extract '["a"]' c.yaml; sops decrypt --extract '["a"]' --output-type dotenv c.yaml; rm c.yaml`,
    "0 > # x\n# y\nb: one\n# z\n# x\n# y\nb=one\n# z",
  ],
  [
    String.raw`printf 'a:\n  # x\n  b:\n    # y\n    - z # w\n    - 1\n    # v\n' > c.yaml; sops encrypt -i c.yaml; sops decrypt --extract '["a"]' c.yaml; sops decrypt --extract '["a"]["b"]' c.yaml; rm c.yaml`,
    "0 > # x\nb:\n    # y\n    # w\n    - z\n    - 1\n    # v\n# y\n# w\n- z\n- 1\n# v",
  ],
  [
    String.raw`printf '# x\na: y\n# w\n---\n# v\nb: z\n' > c; sops encrypt --input-type yaml --output-type yaml c > d; sops decrypt --input-type yaml --output-type dotenv d; rm c d`,
    "0 > # x\na=y\n# w",
  ],
  [
    String.raw`printf 's:\n  a: x\n---\nt:\n  b: z\n' > c; sops encrypt --input-type yaml --output-type yaml c > d; sops decrypt --input-type yaml --output-type ini d; rm c d`,
    "0 > [s]\na = x\n\n[t]\nb = z",
  ],
  ["sops decrypt --output-type yaml e.txt", "0 > data: |\n    hunter1 hunter2"],
  ["sops decrypt --input-type json e.txt", "0 > plain.txt"],
  ['sops decrypt --filename-override "" e.yaml', "0 > plain.yaml"],
  ["sops decrypt --extract '[\"password\"]' e.yaml", "0 > hunter1"],
  ["sops decrypt --extract '[\"items\"][7]' list.yaml", "1"],
  ["sops decrypt --extract '[\"items\"]' list.yaml", "0 > - hunter1\n- hunter2"],
  [
    `printf 'A=1\\nA=2\\n' > a.env; sops encrypt -i a.env; sops decrypt --extract '["A"]' a.env; rm a.env`,
    "0 > 1",
  ],
  [
    `${TIME}; sops decrypt --output-type json --extract '["a"]' t.yaml; rm t.yaml`,
    '0 > "2001-12-14T00:00:00Z"',
  ],
  [
    `${TIME}; sops decrypt --output-type dotenv --extract '["a"]' t.yaml; echo $?; rm t.yaml`,
    "0 > 4",
  ],
  [`${TIME}; sops decrypt --extract '["a"]' t.yaml | wc -l; rm t.yaml`, "0 > 1"],
  ["sops decrypt --extract 'password' e.yaml", "91"],
  ["sops decrypt --extract '' e.yaml", "0 > plain.yaml"],
  ["sops decrypt e.yaml -i", "0 e.yaml=plain.yaml"],
  ["sops decrypt --decryption-order age,age e.yaml", "112"],
  ["sops --config nowhere decrypt e.yaml", "1"],
  ["SOPS_CONFIG=nowhere sops decrypt e.yaml", "1"],
  ["sops --verbose decrypt e.yaml", "0 > plain.yaml"],
  ["sops decrypt e.yaml/x", "2"],
  // encrypt
  ["sops encrypt nowhere.yaml", "100"],
  ["sops encrypt p.yaml", "0 > ENC-yaml"],
  ["sops encrypt p.json", "0 > ENC-json"],
  ["sops encrypt p.txt", "0 > ENC-binary"],
  ["umask 2; sops encrypt --output x.yaml p.yaml; stat -c %a x.yaml; rm x.yaml", "0 > 664"],
  ["sops encrypt sub", "2"],
  ["sops encrypt unreadable.yaml", "2"],
  ["sops encrypt empty.yaml", "92"],
  ["sops encrypt array.json", "2"],
  ["sops encrypt e.yaml", "203"],
  ["sops encrypt broken.yaml", "2"],
  ["sops encrypt metaonly.yaml", "203"],
  ["sops encrypt sub/p.yaml", "1"],
  ["sops --config rules-other.yaml encrypt p.yaml", "0 > ENC-yaml"],
  ["rm .sops.yaml; sops encrypt p.yaml", "1"],
  ["rm .sops.yaml; sops encrypt --age OWN p.yaml", "0 > ENC-yaml"],
  ["rm .sops.yaml; SOPS_AGE_RECIPIENTS=OWN sops encrypt p.yaml", "0 > ENC-yaml"],
  ['sops encrypt --age "OWN," p.yaml', "1"],
  ["sops encrypt < p.yaml", "8"],
  ["sops encrypt --filename-override x.yaml < p.yaml", "0 > ENC-yaml"],
  ["sops encrypt --filename-override x.yaml < /dev/null", "92"],
  ["sops encrypt --filename-override nowhere/x.yaml < p.yaml", "1"],
  [
    "cd anywhere && sops encrypt --input-type yaml --output-type yaml /dev/stdin < ../p.yaml",
    "0 > ENC-yaml",
  ],
  [
    'cp p.yaml "$TMPDIR/" && cd anywhere && sops encrypt "$TMPDIR/p.yaml"; rm "$TMPDIR/p.yaml"',
    "0 > ENC-yaml",
  ],
  ["sops encrypt --input-type yaml --output-type yaml /dev/stdin < p.yaml", "1"],
  ["sops encrypt --output-type ini p.yaml", "4"],
  ["sops encrypt --output-type json e.yaml", "203"],
  [
    "sops encrypt --encrypted-regex '^user$' --input-type binary --output-type yaml p.txt",
    "0 > ENC-yaml",
  ],
  ["sops encrypt -i p.yaml", "0 p.yaml=ENC-yaml"],
  ["sops encrypt --encrypted-regex a --unencrypted-regex b p.yaml", "8"],
  ["sops --mac-only-encrypted encrypt p.yaml", "0 > ENC-yaml"],
  ["SOPS_PGP_FP=x sops encrypt p.yaml", "1"],
  ["sops --indent 2 encrypt p.yaml", "0 > ENC-yaml"],
  ["sops --config rules-pass.yaml encrypt --encrypted-regex user p.yaml", "0 > ENC-yaml"],
  ["sops --config rules-pass.yaml encrypt --unencrypted-regex user p.yaml", "8"],
  // filestatus
  ["sops filestatus", "100"],
  ["sops filestatus nowhere.yaml", "1"],
  ["sops filestatus e.yaml", '0 > {"encrypted":true}'],
  ["sops filestatus p.txt", "1"],
  ["sops filestatus unreadable.yaml", "1"],
  ["sops filestatus empty.yaml", '0 > {"encrypted":false}'],
  ["sops filestatus nomac.yaml", '0 > {"encrypted":false}'],
  ["sops filestatus noversion.yaml", '0 > {"encrypted":false}'],
  // rotate
  ["sops rotate", "100"],
  ["sops rotate nowhere.yaml", "2"],
  ["sops rotate --add-age OTHER nowhere.yaml", "49"],
  ["sops rotate -i --add-age OTHER e.yaml", "0 e.yaml=ENC-yaml"],
  ["sops rotate -i --add-age nonsense e.yaml", "1"],
  ["sops rotate --output-type json e.yaml", "0 > ENC-json"],
  ["sops rotate -i --output-type json e.yaml", "0 e.yaml=ENC-json"],
  ["sops rotate -i --rm-age OWN e.yaml", "1"],
  ["sops rotate -i --rm-age nonsense two.yaml", "1"],
  ["sops rotate -i --add-age OTHER --rm-age OTHER e.yaml", "0 e.yaml=ENC-yaml"],
  // updatekeys
  ["sops updatekeys", "100"],
  ["sops updatekeys -y e.yaml", "0"],
  ["sops updatekeys -y two.yaml", `0 > ${CHANGES}    OWN\n--- OTHER two.yaml=ENC-yaml`],
  ["sops updatekeys two.yaml", `1 > ${CHANGES}    OWN\n--- OTHER\nIs this okay? (y/n):`],
  [
    "echo y | sops updatekeys two.yaml",
    `0 > ${CHANGES}    OWN\n--- OTHER\nIs this okay? (y/n): two.yaml=ENC-yaml`,
  ],
  ["echo n | sops updatekeys two.yaml", `0 > ${CHANGES}    OWN\n--- OTHER\nIs this okay? (y/n):`],
  [
    "echo yes | sops updatekeys two.yaml",
    `1 > ${CHANGES}    OWN\n--- OTHER\nIs this okay? (y/n):Is this okay? (y/n):`,
  ],
  ["sops updatekeys -y other.yaml", `128 > ${CHANGES}+++ OWN\n--- OTHER`],
  [
    "sops updatekeys -y nowhere.yaml two.yaml",
    `1 > ${CHANGES}    OWN\n--- OTHER two.yaml=ENC-yaml`,
  ],
  [
    "echo y | sops updatekeys two.yaml other.yaml",
    `1 > ${CHANGES}    OWN\n--- OTHER\nIs this okay? (y/n):${CHANGES}+++ OWN\n--- OTHER\nIs this okay? (y/n): two.yaml=ENC-yaml`,
  ],
  // set
  ["sops set e.yaml '[\"password\"]' '\"hunter9\"'", "0 e.yaml=ENC-yaml"],
  ["sops set e.yaml '[\"password\"]' hunter9", "7"],
  ["sops set e.yaml 'password' '\"hunter9\"'", "7"],
  ["sops set e.yaml '[\"sops\"]' '\"hunter9\"'", "203"],
  ["sops set e.txt '[\"data\"]' '\"hunter9\"'", "0 e.txt=ENC-binary"],
  ["sops set --value-file e.yaml '[\"a\"]' value.json", "0 e.yaml=ENC-yaml"],
  ["sops set --value-file e.yaml '[\"a\"]' nowhere.json", "1"],
  ["echo '\"hunter9\"' | sops set --value-stdin e.yaml '[\"a\"]'", "0 e.yaml=ENC-yaml"],
  ["echo hunter9 | sops set --value-stdin e.yaml '[\"a\"]'", "7"],
  ["sops set nowhere.yaml '[\"a\"]' '\"hunter9\"'", "2"],
  ["sops set --ignore-mac badmac.yaml '[\"a\"]' '\"hunter9\"'", "0 badmac.yaml=ENC-yaml"],
  ["sops set --output-type json e.yaml '[\"a\"]' '\"hunter9\"'", "0 e.yaml=ENC-json"],
  [`sops set --output-type json e.yaml '["user"]' '"admin"'`, "0 e.yaml=ENC-json"],
  [`sops set --idempotent --output-type json e.yaml '["user"]' '"admin"'`, "0"],
  [`sops set e.yaml '["a"]' -hunter9`, "7"],
  [`sops set e.yaml '["a"]' --a=hunter9`, "7"],
  // unset
  ["sops unset e.yaml '[\"password\"]'", "0 e.yaml=ENC-yaml"],
  ["sops unset e.yaml '[\"nothing\"]'", "1"],
  [`sops unset --idempotent --output-type json e.yaml '["nothing"]'`, "0"],
  ["sops unset list.yaml '[\"items\"][7]'", "1"],
  [
    `sops unset e.yaml '["password"]' && sops unset e.yaml '["user"]' && sops decrypt -i e.yaml`,
    "0 e.yaml={}",
  ],
  ['sops unset list.yaml \'["map"]["a"]["b"]\'', "1"],
  // exec-env
  ["sops exec-env e.yaml 'echo $password'", "0 > hunter1"],
  ["sops exec-env e.yaml 'exit 7'", "7"],
  ["sops exec-env e.yaml 'kill -9 $$'", "255"],
  ["sops exec-env e.yaml nothing-of-this-name", "127"],
  ["sops exec-env nowhere.yaml true", "2"],
  ["sops exec-env badmac.yaml true", "51"],
  ["A=1 sops exec-env --pristine e.yaml 'echo $A$password'", "0 > hunter1"],
  ["echo in | sops exec-env e.yaml cat", "0 > in"],
  // exec-file
  ["sops exec-file e.yaml 'cat {}'", "0 > plain.yaml"],
  ["sops exec-file --no-fifo --filename ../x.yaml e.yaml 'basename {}'", "1"],
  ["sops exec-file --no-fifo --filename \"\" e.yaml 'cat {}'", "0 > plain.yaml"],
  // Where nobody reads the pipe, sops fails at times.
  ["sops exec-file e.yaml 'basename {}; cat {} >/dev/null'", "0 > tmp-file"],
  ["sops exec-file --output-type ini e.yaml 'cat {}'", "4"],
  ["sops exec-file --no-fifo e.yaml 'stat -c %a {}'", "0 > 600"],
  // edit
  ["sops edit", "100"],
  ["EDITOR=true sops edit e.yaml", "200"],
  ["EDITOR='ed/append' sops edit e.yaml", "0 e.yaml=ENC-yaml"],
  [
    'EDITOR="sh -c \'echo \\"more: hunter7\\" >> \\"\\$0\\"\'" sops edit e.yaml',
    "0 e.yaml=ENC-yaml",
  ],
  ["EDITOR=ed/appendeq sops edit e.env", "0 e.env=ENC-dotenv"],
  ["EDITOR=ed/removes sops edit e.yaml", "2"],
  ["EDITOR='ed/code --wait' sops edit e.yaml", "200"],
  ["EDITOR='\"ed/code\" -nw' sops edit e.yaml", "200"],
  ["EDITOR=ed/append sops edit nowhere/new.yaml", "1"],
  ["EDITOR=ed/append sops e.yaml", "0 e.yaml=ENC-yaml"],
  ["EDITOR=ed/append sops --ignore-mac badmac.yaml", "0 badmac.yaml=ENC-yaml"],
  ["rm .sops.yaml; EDITOR=ed/append sops new.yaml", "1"],
  // old forms
  ["sops", "100"],
  ["sops -d", "100"],
  ["sops -d e.yaml", "0 > plain.yaml"],
  ["sops --ignore-mac -d badmac.yaml", "0 > password: hunter1"],
  ["sops -d=true e.yaml", "0 > plain.yaml"],
  ["sops --in-place=true -d e.yaml", "0 e.yaml=plain.yaml"],
  ["sops --nonsense e.yaml > /dev/null", "1"],
  [
    "sops --age=OWN --encrypt --encrypted-regex '^password$' --in-place p.yaml",
    "0 p.yaml=ENC-yaml",
  ],
  ["sops -e --filename-override x.yaml /dev/stdin < p.yaml", "0 > ENC-yaml"],
  ["sops -r nowhere.yaml", "100"],
  ["sops -r --add-age OTHER nowhere.yaml", "49"],
  // spellings, empty options and the rest
  ["sops encrypt blank.yaml", "2"],
  ["sops -decrypt e.yaml", "0 > plain.yaml"],
  ["sops decrypt -output-type json e.yaml", "0 > plain.json"],
];

const both = bothPrograms(FILES, PLAIN, { OWN: own, OTHER: stranger });
test.after.always(() => {
  both.remove();
});

for (const [line, outcome] of ROWS) {
  testWith("sops")(`as sops: ${line}`, async (t) => {
    const theirs = await both.outcome("sops", line);
    const ours = await both.outcome("ours", line);
    t.is(theirs.summary, outcome, "sops itself");
    t.is(ours.summary, outcome, ours.stderr);
    t.deepEqual(ours.contents, theirs.contents);
    t.is(ours.complaint, null);
  });
}

for (const { what, lines } of KNOWN_COMMAND_DIFFERENCES) {
  for (const [line, sops, outcome] of lines) {
    testWith("sops")(`still differs: ${what}: ${line}`, async (t) => {
      const theirs = await both.outcome("sops", line);
      const ours = await both.outcome("ours", line);
      t.is(theirs.summary, sops, "sops itself");
      t.is(ours.summary, outcome, ours.stderr);
      t.notDeepEqual([ours.summary, ours.contents], [theirs.summary, theirs.contents]);
      t.is(ours.complaint, null);
    });
  }
}
