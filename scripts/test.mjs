// `npm test`: sets up, builds, checks and tests, on a fresh clone too. `npm test -- FILE…` runs only
// those test files, after the same steps. Ends with a line `N passed, N failed, N skipped`.
import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { memoryFolder } from "./memory-folder.mjs";
import { setUp, root } from "./set-up.mjs";
import { watchdog } from "./watchdog.mjs";

setUp();
const { run } = await import("./run.mjs");
console.log("Building ...");
await run(process.execPath, ["scripts/build.mjs"]);
console.log("Checking types, lint, format, unused code and packaging ...");
await run(process.execPath, ["scripts/check.mjs"]);
console.log(`Testing, random documents by FLUX_SOPS_SEED=${seed()} ...`);
process.exit(await test(process.argv.slice(2)));

/** One for each content of HEAD, so that a test of random documents gives one commit one answer. */
function seed() {
  const git = spawnSync("git", ["rev-parse", "HEAD^{tree}"], { cwd: root, encoding: "utf8" });
  const fromHead = git.status === 0 ? parseInt(git.stdout.slice(0, 7), 16) : 1;
  return (process.env["FLUX_SOPS_SEED"] ??= String(fromHead));
}

/**
 * Tests start node some thousand times, and reading a machine's own certificates takes it longer than all
 * else at each start. Only npm goes to a network: the test that runs it finds them under another name.
 */
function withoutCertificates({ NODE_EXTRA_CA_CERTS, ...environment }) {
  return NODE_EXTRA_CA_CERTS === undefined
    ? environment
    : { ...environment, FLUX_SOPS_CA_CERTS: NODE_EXTRA_CA_CERTS };
}

/** Where tests make their repositories, unless somebody has said so. */
function temporaryFolder() {
  const folder = process.env["TMPDIR"] === undefined ? memoryFolder() : null;
  return folder === null ? {} : { TMPDIR: folder };
}

/** Runs ava and tells what failed and what was skipped; everything else is one dot a test. */
async function test(files) {
  const child = spawn("npx", ["--no-install", "ava", "--tap", ...files], {
    cwd: root,
    env: { ...withoutCertificates(process.env), ...temporaryFolder() },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const watch = watchdog(child.pid);
  // A group of its own gets no Ctrl-C from the terminal.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => watch.end(signal));
  const count = { passed: 0, failed: 0, skipped: 0 };
  const skippedFor = new Map();
  let inFailure = false;
  let dots = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    watch.seen();
    const result = /^(not )?ok \d+(?: - (.*))?$/.exec(line);
    if (result === null) {
      // TAP puts the details of a failure between the lines of results.
      if (inFailure && !/^#|^1\.\.\d/.test(line)) console.log(line);
      continue;
    }
    const [, not, title = ""] = result;
    inFailure = false;
    if (/ # (SKIP|TODO)\b/i.test(title)) {
      count.skipped += 1;
      const reason = /\[(needs [^\]]+)\]/.exec(title)?.[1] ?? "no reason given";
      skippedFor.set(reason, (skippedFor.get(reason) ?? 0) + 1);
    } else if (not === undefined) {
      count.passed += 1;
      dots += 1;
      process.stdout.write(dots % 100 === 0 ? ".\n" : ".");
    } else {
      count.failed += 1;
      inFailure = true;
      console.log(`\nFAILED: ${title}`);
    }
  }
  const status = await new Promise((resolve) => {
    if (child.exitCode !== null) resolve(child.exitCode);
    else child.on("close", resolve);
  });
  watch.stop();
  console.log("");
  for (const [reason, number] of skippedFor) {
    console.log(`skipped: ${number} ${number === 1 ? "test" : "tests"} (${reason})`);
  }
  if (status !== 0 && count.failed === 0) {
    console.log("ava failed outside a test");
    count.failed += 1;
  }
  console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  return count.failed === 0 && count.passed > 0 ? 0 : 1;
}
