import test from "ava";
import { Command, Option } from "commander";
import { asCommanderReads } from "../../../cli/arguments/go-flags.ts";
import { parseAsSops } from "../../../cli/arguments/parse.ts";
import { SOPS_EXIT } from "../../../cli/exit/codes.ts";

function command(files = "<file...>"): Command {
  return new Command("flux-sops test")
    .argument(files)
    .option("-i, --in-place", "")
    .option("--output <file>", "")
    .addOption(new Option("-s"));
}

const read = (...argv: readonly string[]) => asCommanderReads(argv, command());

/** A command that takes one file and one value. */
const readOne = (...argv: readonly string[]) =>
  asCommanderReads(argv, command("<file>").argument("<value>"));

test("flags as Go spells them, before files and behind", (t) => {
  for (const [argv, flags, files] of [
    [["-i", "a"], ["--in-place"], ["a"]],
    [["--i", "a"], ["--in-place"], ["a"]],
    [["-in-place", "a"], ["--in-place"], ["a"]],
    [["a", "--in-place"], ["--in-place"], ["a"]],
    [["-s", "a"], ["-s"], ["a"]],
    [
      ["a", "b", "-output", "c", "d"],
      ["--output", "c"],
      ["a", "b", "d"],
    ],
    [["a", "--output", "c"], ["--output", "c"], ["a"]],
    [["--output=c", "a"], ["--output", "c"], ["a"]],
    [["-output=c=d\ne", "a"], ["--output", "c=d\ne"], ["a"]],
    [["--output=", "a"], ["--output", ""], ["a"]],
    // A value, whatever it looks like.
    [["--output", "-i", "a"], ["--output", "-i"], ["a"]],
    [["--output", "--", "a"], ["--output", "--"], ["a"]],
    // A dash alone is a name, and so is all that follows two.
    [["-", "a"], [], ["-", "a"]],
    [["-i", "--", "-i", "--"], ["--in-place"], ["-i", "--"]],
  ] as const) {
    t.deepEqual(read(...argv), [...flags, "--", ...files], argv.join(" "));
  }
  t.deepEqual(read("-i"), ["--in-place"]);
  // For commander to refuse: with dashes behind it, it would write to a file of that name.
  t.deepEqual(read("a", "-i", "--output"), ["--in-place", "--output"]);
  t.deepEqual(read(), []);
});

test("a flag that is on or off, as Go reads these words", (t) => {
  for (const word of ["1", "t", "true", "T", "TRUE", "True"]) {
    t.deepEqual(read(`-i=${word}`, "a"), ["--in-place", "--", "a"], word);
  }
  for (const word of ["0", "f", "false", "F", "FALSE", "False"]) {
    t.deepEqual(read(`--in-place=${word}`, "a"), ["--", "a"], word);
  }
  // For commander to refuse: to guess would write over a file, or not write it.
  for (const word of ["", "2", "10", "01", "yes", "tr", "truer", "untrue", "falsey", "unfalse"]) {
    t.deepEqual(read(`-i=${word}`, "a"), [`--in-place=${word}`, "--", "a"], word);
  }
});

test("what begins with a dash and is no flag is a mistyped one, or a value", (t) => {
  t.deepEqual(read("a", "--in-plcae"), ["--in-plcae", "--", "a"]);
  t.deepEqual(read("--in-plcae=1", "a"), ["--in-plcae=1", "--", "a"]);
  t.deepEqual(read("x--output=c"), ["--", "x--output=c"]);
  t.deepEqual(read("---output=c"), ["---output=c"]);
  t.deepEqual(read("a", "--in-place.bak"), ["--in-place.bak", "--", "a"]);
  const oneAndMore = command("<file>").argument("[more...]");
  t.deepEqual(asCommanderReads(["a", "-x"], oneAndMore), ["-x", "--", "a"]);
  t.deepEqual(readOne("a", "-hunter2"), ["--", "a", "-hunter2"]);
  t.deepEqual(readOne("-hunter2", "a"), ["-hunter2", "--", "a"]);
  t.deepEqual(readOne("a", "-1", "-i"), ["--in-place", "--", "a", "-1"]);
});

/** Runs something, with what it prints to standard error. */
function said(run: () => number | null): readonly [number | null, string] {
  const lines: string[] = [];
  const { write } = process.stderr;
  process.stderr.write = (text: string | Uint8Array) => {
    lines.push(String(text));
    return true;
  };
  try {
    return [run(), lines.join("")];
  } finally {
    process.stderr.write = write;
  }
}

test.serial("an option with nothing as its value is as good as none", (t) => {
  const one = command().option("--indent <spaces>", "", "2");
  t.deepEqual(
    said(() => parseAsSops(one, ["--output", "", "--indent=", "-i", "--verbose", "a"])),
    [null, ""],
  );
  t.deepEqual(one.opts(), { inPlace: true, output: undefined, indent: "2", verbose: true });
  t.deepEqual(one.args, ["a"]);
  const other = command();
  t.deepEqual(
    said(() => parseAsSops(other, ["a", "-output=c"])),
    [null, ""],
  );
  t.deepEqual(other.opts(), { output: "c" });
});

test.serial(
  "too few arguments, or too many, have sops's exit status, and others their own",
  (t) => {
    const one = () => command("<file>");
    for (const [run, status, words] of [
      [() => parseAsSops(one(), []), SOPS_EXIT.noFileSpecified, "missing required argument 'file'"],
      [() => parseAsSops(one(), [], 7), 7, "missing required argument 'file'"],
      [() => parseAsSops(one(), ["a", "b"], 7), 7, "too many arguments"],
      [() => parseAsSops(one(), ["a", "--output"], 7), 1, "'--output <file>' argument missing"],
      [() => parseAsSops(one(), ["-i=maybe", "a"], 7), 1, "--in-place takes no value"],
      [() => parseAsSops(one(), ["--x=hunter2", "a"], 7), 1, "unknown option '--x'"],
      [
        () => parseAsSops(one(), ["--pgp", "a"], 7),
        1,
        "--pgp is not taken here: keys other than age",
      ],
    ] as const) {
      const [ended, line] = said(run);
      t.is(ended, status, words);
      t.true(line.startsWith("flux-sops: "), line);
      t.true(line.includes(words), line);
      t.false(line.includes("hunter2"));
      t.is(line.indexOf("\n"), line.length - 1);
    }
  },
);
