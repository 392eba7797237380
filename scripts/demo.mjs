// `npm run demo`: the whole story in a temporary folder and a home of its own. Nothing of yours is
// touched, and everything is removed at the end.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root, setUp } from "./set-up.mjs";

setUp();
const { run } = await import("./run.mjs");
await run(process.execPath, ["scripts/build.mjs"]);

const folder = mkdtempSync(join(tmpdir(), "flux-sops-demo-"));
const home = join(folder, "home");
const repository = join(folder, "flux-homelab");
const SECRET = "clusters/homelab/secrets/db.sops.yaml";
const WEB = "clusters/homelab/apps/web/web.yaml";
const env = {
  PATH: process.env.PATH,
  HOME: home,
  GIT_CONFIG_NOSYSTEM: "1",
  LC_ALL: "C.UTF-8",
  GIT_EDITOR: "true",
};
mkdirSync(home);
writeFileSync(
  join(home, ".gitconfig"),
  "[user]\n\tname = Demo\n\temail = demo@example.com\n[advice]\n\tdefaultBranchName = false\n",
);

try {
  story();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function story() {
  step("1. Scaffold a repository");
  shell(`node ${join(root, "dist/flux-sops.mjs")} init ${repository} --yes --skip-install`, folder);

  step("2. Write a Secret, as for kubectl");
  write(
    SECRET,
    `apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: demo
stringData:
  # the app's own account
  username: app
  password: "correct horse"
  port: "5432"
`,
  );
  show(SECRET);

  step("3. Commit it: git commit encrypts it, on the disk too");
  shell(`git add ${SECRET} && git commit -q -m 'Add the database credentials'`);
  shell(`git status --short; git show HEAD:${SECRET} | head -n 11 | cut -c -72`);

  step("4. It opens with the key of this cluster, byte for byte as it was written");
  shell(`node .flux-sops/flux-sops.mjs decrypt ${SECRET}`);

  step("5. Change one of three values: only that line changes, and the signature");
  shell(`node .flux-sops/flux-sops.mjs decrypt --in-place ${SECRET}
sed -i.bak 's/correct horse/battery staple/' ${SECRET} && rm ${SECRET}.bak
git add ${SECRET} && git commit -q -m 'Change the password'
git diff HEAD~ --stat && git diff HEAD~ -U0 | grep '^[+]' | cut -c -72`);

  step("6. Try to commit a private key, a key in a note, and a Secret no rule encrypts");
  cpSync(join(home, ".config/sops/age/keys.txt"), join(repository, "age.agekey"));
  const key = readFileSync(join(repository, "age.agekey"), "utf8").trim().split("\n").pop();
  write("notes.txt", `to do: back this up\n${key}\n`);
  write(
    WEB,
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\nstringData:\n  token: s3cr3t\n",
  );
  const refusal = shell(
    `git add -f age.agekey notes.txt ${WEB}; git commit -q -m 'Add the web app'`,
  );
  const commands = [...refusal.matchAll(/^ {6}(\S.*)$/gm)].map(([, command]) => command);

  step("7. Paste the commands that it printed, and commit again");
  shell(`${commands.join("\n")}
git commit -q -m 'Add the web app'
git status --short; git log --oneline`);
}

function step(title) {
  console.log(`\n\x1b[1m── ${title}\x1b[0m\n`);
}

/** Shows commands, runs them in a shell, and shows and returns what they print. */
function shell(commands, cwd = repository) {
  for (const line of commands.split("\n")) console.log(`$ ${line.replaceAll(`${root}/`, "")}`);
  const { stdout, stderr } = spawnSync("sh", ["-c", `exec 2>&1\n${commands}`], {
    cwd,
    env,
    encoding: "utf8",
  });
  process.stdout.write((stdout + stderr).replaceAll(folder, "/tmp/demo"));
  console.log("");
  return stdout;
}

function write(name, content) {
  mkdirSync(dirname(join(repository, name)), { recursive: true });
  writeFileSync(join(repository, name), content);
}

function show(name) {
  console.log(`$ cat ${name}\n${readFileSync(join(repository, name), "utf8")}`);
}
