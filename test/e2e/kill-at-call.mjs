// Loaded into the gate by NODE_OPTIONS: kills it, or everything around it, at the Nth of the calls
// that change something. Without a number it only counts them.
import childProcess from "node:child_process";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const at = Number(process.env.KILL_AT_CALL ?? Infinity);
const whole = process.env.KILL_WHOLE_GROUP === "1";
let calls = 0;

function counted(object, name) {
  const original = object[name];
  object[name] = function (...args) {
    calls += 1;
    // Before the call at an odd number, after it at an even one.
    if (calls === at && at % 2 === 1) kill();
    const result = original.apply(this, args);
    if (calls === at && at % 2 === 0) kill();
    return result;
  };
}

function kill() {
  process.kill(whole ? 0 : process.pid, "SIGKILL");
}

if (process.argv[3] === "pre-commit") {
  for (const name of [
    "openSync",
    "writeFileSync",
    "closeSync",
    "renameSync",
    "unlinkSync",
    "rmSync",
    "linkSync",
    "mkdirSync",
  ]) {
    counted(fs, name);
  }
  counted(childProcess, "spawn");
  syncBuiltinESMExports();
  const log = process.env.COUNT_CALLS_INTO;
  if (log !== undefined) process.on("exit", () => fs.writeFileSync(log, String(calls)));
}
