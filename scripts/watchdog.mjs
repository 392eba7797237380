// Ends `npm test` when its tests stand still: one that waits for ever is else a run without an end.
import { spawnSync } from "node:child_process";

/** Minutes without a result after which nothing more is expected. */
const PATIENCE = 10;

/**
 * Watches a process group. When nothing was seen for too long, it says what is running, and ends it.
 *
 * @param {number} pid of the group's first process
 */
export function watchdog(pid) {
  const end = (signal) => process.kill(-pid, signal);
  const timer = setTimeout(() => {
    console.log(`\nNo test has ended for ${PATIENCE} minutes. What is running:`);
    console.log(programs(pid).join("\n"));
    end("SIGKILL");
  }, PATIENCE * 60_000);
  return { end, seen: () => timer.refresh(), stop: () => clearTimeout(timer) };
}

/** The programs of a process group: process, parent, seconds since their start, command. */
function programs(group) {
  const { stdout } = spawnSync("ps", ["-eo", "pgid,pid,ppid,etimes,args"], { encoding: "utf8" });
  return stdout.split("\n").filter((line) => Number.parseInt(line, 10) === group);
}
