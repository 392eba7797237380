import test from "ava";
import {
  displayPath,
  isTextPath,
  pathBytes,
  pathFromText,
  pathText,
  quotedPathLine,
  type GitPath,
} from "../../git/path.ts";
import { temporaryRepository } from "../temporary-repository.ts";
import { hostileNames } from "./hostile-names.ts";

test("bytes come out as they went in", (t) => {
  const every = Buffer.from(Array.from({ length: 255 }, (_, i) => i + 1));
  t.deepEqual(pathBytes(every.toString("latin1") as GitPath), every);
  t.deepEqual(pathBytes(pathFromText("ä")), Buffer.from([0xc3, 0xa4]));
  t.is(pathText(pathFromText("dir/ä日")), "dir/ä日");
});

test("only UTF-8 is text", (t) => {
  t.true(isTextPath(pathFromText("ä\n日")));
  t.false(isTextPath("latin1-\xe4" as GitPath));
  t.true(isTextPath(pathFromText("\ufffd")));
  t.is(pathText("\xff" as GitPath), "\ufffd");
});

test("names are shown on one line, escaped only where they must be", (t) => {
  const shown = (name: string): string =>
    displayPath(Buffer.from(name).toString("latin1") as GitPath);
  t.is(shown("clusters/home lab/ünï/日本語.yaml"), "clusters/home lab/ünï/日本語.yaml");
  t.is(shown("a\nb\t\x1b[31m"), String.raw`"a\nb\t\033[31m"`);
  t.is(shown('say "hi" \\'), String.raw`"say \"hi\" \\"`);
  t.is(shown(" x"), '" x"');
  t.is(shown("x "), '"x "');
  t.is(shown("a\u202eb\u200b\u2028"), String.raw`"a\342\200\256b\342\200\213\342\200\250"`);
  t.is(shown("a\u0085"), String.raw`"a\302\205"`);
  t.is(displayPath("\xe4x\xc3\xa4\xed\xa0\x80" as GitPath), String.raw`"\344xä\355\240\200"`);
  for (const name of hostileNames) t.notRegex(displayPath(name as GitPath), /[\p{Cc}\p{Cf}]/u);
});

test("names are shown as git shows them, where git need not escape more", (t) => {
  const repository = temporaryRepository(t);
  // git leaves invisible characters and invalid UTF-8 as they are with core.quotePath=false.
  const comparable = hostileNames.filter(
    (name) => isTextPath(name as GitPath) && !name.includes("\xe2\x80\xae") && !/^ | $/.test(name),
  );
  const blob = repository.feed("x", "hash-object", "-w", "--stdin").toString().trim();
  const records = comparable.map((name) => `100644 ${blob}\t${name}\0`).join("");
  repository.feed(Buffer.from(records, "latin1"), "update-index", "-z", "--index-info");
  const listed = repository.must("-c", "core.quotePath=false", "ls-files").split("\n");
  t.deepEqual(comparable.map((name) => displayPath(name as GitPath)).sort(), listed.sort());
});

test("git reads a quoted line back as the same name", (t) => {
  const repository = temporaryRepository(t);
  for (const name of hostileNames)
    repository.write(Buffer.from(name, "latin1"), `content of ${name}`);
  const lines = hostileNames.map((name) => `${quotedPathLine(name as GitPath)}\n`).join("");
  const oids = repository.feed(Buffer.from(lines, "latin1"), "hash-object", "--stdin-paths");
  const expected = hostileNames.map((name) =>
    repository.feed(`content of ${name}`, "hash-object", "--stdin").toString(),
  );
  t.is(oids.toString(), expected.join(""));
});
