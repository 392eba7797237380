/**
 * Where `flux-sops` starts. What runs at every commit, and in every loop over files, comes first and
 * alone: the build makes a file of its own of each of these imports, and reading a file that is not
 * needed takes longer than the work (bench/commit.ts, bench/decrypt.ts).
 */
async function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  if (command === "hook" && rest[0] === "pre-commit") {
    const { nothingToDo } = await import("../hooks/nothing-to-do.ts");
    if (await nothingToDo({ cwd: process.cwd(), env: process.env })) return 0;
  }
  if (command === "decrypt") return (await import("./decrypt.ts")).decrypt(rest);
  return (await import("./commands.ts")).run(argv);
}

process.exitCode = await main(process.argv.slice(2));
