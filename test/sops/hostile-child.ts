/**
 * Reads the hostile files from the one of the number that its argument gives, and prints a line of
 * JSON before and after each. hostile.test.ts starts it with little memory and ends it where a file
 * takes too long.
 */
import { HOSTILE_FILES, treat } from "./hostile-files.ts";

const say = (what: Readonly<Record<string, unknown>>) =>
  process.stdout.write(`${JSON.stringify(what)}\n`);

// What the work needs once is not the first file's.
await treat({ name: "", format: "yaml", content: () => "a: x\n", outcome: "same" });

for (const [index, file] of HOSTILE_FILES.entries()) {
  if (index < Number(process.argv[2])) continue;
  say({ begin: index });
  let seconds = 0;
  let before = process.cpuUsage();
  const lap = () => {
    seconds = Math.max(seconds, process.cpuUsage(before).user / 1e6);
    before = process.cpuUsage();
  };
  let outcome: string;
  try {
    outcome = await treat(file, lap);
  } catch (error) {
    outcome = `not a SopsError: ${String(error).slice(0, 200)}`;
  }
  lap();
  const polluted = "polluted" in Object.prototype;
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  say({ end: index, outcome, seconds, polluted, megabytes });
}
