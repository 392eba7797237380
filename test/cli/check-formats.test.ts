import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Ajv from "ajv";
import test from "ava";
import { FORMATS, type CheckedFinding, type Report } from "../../cli/check/check-formats.ts";
import { RULE_IDS } from "../../findings/finding.ts";
import { pathBytes, pathText, type GitPath } from "../../git/path.ts";
import { hostileNames } from "../git/hostile-names.ts";

const read = (url: string) => JSON.parse(readFileSync(fileURLToPath(url), "utf8")) as object;

// The schema of the standard is of JSON Schema's draft 4.
const ajv = new Ajv({ schemaId: "id", meta: false, format: "full", allErrors: true });
ajv.addMetaSchema(read(import.meta.resolve("ajv/lib/refs/json-schema-draft-04.json")));
const isSarif = ajv.compile(
  read(import.meta.resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json")),
);

const hostileMessages = [
  "",
  'a "quoted" \\ name\n::error file=x::y\r\n%0A \u001b[31m\u2028 \ud800',
  "percent % 100%, comma: colon",
];

function reportOf(findings: readonly CheckedFinding[]): Report {
  const summary = { files: 1, findings: findings.length, unverified: 0, milliseconds: 1 };
  return { findings, repository: { cwd: "/", prefix: "" as GitPath }, isHistory: false, summary };
}

function finding(more: Partial<CheckedFinding>): CheckedFinding {
  return {
    rule: "plaintext-secret",
    severity: "error",
    line: 3,
    message: "a message",
    mend: { kind: "leave-out" },
    path: "a.yaml" as GitPath,
    where: "index",
    blob: "0".repeat(40),
    ...more,
  };
}

const everyKind = reportOf([
  ...hostileNames.map((name) => finding({ path: name as GitPath })),
  ...hostileMessages.map((message) => finding({ message, severity: "warning" })),
  finding({ line: null, rule: "inline-credential" }),
  finding({ path: "" as GitPath, where: "history" }),
  finding({
    where: "history",
    paths: ["a.yaml", "b\n.yaml"] as GitPath[],
    commits: [{ commit: "1".repeat(40), parents: [], subject: "\n::" }],
  }),
]);

interface SarifResult {
  readonly ruleId: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
  }[];
}

function resultsOf(text: string): readonly SarifResult[] {
  const log = JSON.parse(text) as { readonly runs: readonly { results: SarifResult[] }[] };
  return log.runs[0]?.results ?? [];
}

test("sarif: valid by the schema of SARIF 2.1.0, without findings and with hostile ones", (t) => {
  for (const report of [reportOf([]), everyKind]) {
    isSarif(JSON.parse(FORMATS.sarif(report)));
    t.deepEqual(isSarif.errors ?? [], []);
  }
});

interface SarifRule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
  readonly help: { readonly text: string };
}

test("sarif: each rule that found something is described, as GitHub asks, and no other", (t) => {
  for (const found of [RULE_IDS, ["sops-broken", "age-key", "age-key"] as const]) {
    const log = JSON.parse(FORMATS.sarif(reportOf(found.map((rule) => finding({ rule }))))) as {
      readonly runs: readonly { tool: { driver: { rules: readonly SarifRule[] } } }[];
    };
    const described = log.runs[0]?.tool.driver.rules ?? [];
    t.deepEqual(
      described.map(({ id }) => id),
      [...new Set<string>(found)].sort(),
    );
    for (const { id, shortDescription, fullDescription, help } of described) {
      t.regex(shortDescription.text, /^.+[^.]$/, id);
      t.regex(fullDescription.text, /^.+\.$/, id);
      t.is(help.text, fullDescription.text, id);
    }
    const titles = described.map(({ shortDescription }) => shortDescription.text);
    t.is(new Set(titles).size, titles.length);
  }
});

test("the schema refuses what is no SARIF, so the test above can fail", (t) => {
  const text = FORMATS.sarif(reportOf([finding({ path: "a b.yaml" as GitPath })]));
  for (const [from, to] of [
    ["a%20b.yaml", "a b.yaml"],
    ['"startLine":3', '"startLine":0'],
    ['"level":"error"', '"level":"fatal"'],
    ['"ruleId"', '"rule"'],
  ] as const) {
    t.true(text.includes(from));
    t.false(isSarif(JSON.parse(text.replace(from, to))), to);
  }
});

test("what to edit is said in JSON and in an annotation too; of the past, which commit it was", (t) => {
  const mend = { kind: "edit", what: "move it" } as const;
  const commits = [{ commit: "1".repeat(40), parents: [], subject: "" }];
  t.regex(
    FORMATS.json(reportOf([finding({ mend })])),
    /"message":"a message\. To mend it, move it"/,
  );
  t.notRegex(FORMATS.json(reportOf([finding({ mend, where: "history", commits })])), /move it/);
  for (const format of [FORMATS.sarif, FORMATS.github]) {
    t.regex(format(reportOf([finding({ mend })])), /a message\. To mend it, move it/);
    const past = format(reportOf([finding({ mend, where: "history", commits })]));
    t.regex(past, /a message \(commit 111111111111\)/);
    t.notRegex(past, /move it/);
  }
});

test("sarif: a file's place is a URI of its very bytes, relative to the repository", (t) => {
  const results = resultsOf(FORMATS.sarif(everyKind));
  for (const [index, name] of hostileNames.entries()) {
    const uri = results[index]?.locations[0]?.physicalLocation.artifactLocation.uri ?? "";
    // Resolved as a browser does it, it must not turn into another scheme, host, query or fragment.
    const resolved = new URL(uri, "file:///repository/");
    t.is(resolved.protocol + resolved.host + resolved.search + resolved.hash, "file:", uri);
    const bytes = uri.replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(parseInt(hex, 16)),
    );
    t.deepEqual(pathBytes(bytes as GitPath), pathBytes(name as GitPath));
  }
});

/** Commands as the runner reads them: a line that begins with `::`, properties apart from data. */
function annotations(text: string) {
  return text
    .split(/\r\n|\r|\n/)
    .slice(0, -1)
    .map((line) => {
      const [, level = "", properties = "", data = ""] =
        /^::([a-z]+) ([^:]*)::(.*)$/s.exec(line) ?? [];
      const entries = properties.split(",").map((property): [string, string] => {
        const equals = property.indexOf("=");
        return [property.slice(0, equals), unescaped(property.slice(equals + 1))];
      });
      return { level, properties: Object.fromEntries(entries), message: unescaped(data) };
    });
}

function unescaped(value: string): string {
  const signs: Record<string, string> = { D: "\r", A: "\n", "3A": ":", "2C": ",", "25": "%" };
  return value.replace(/%0(D|A)|%(3A|2C|25)/g, (_, line: string, sign: string) => {
    return signs[line === undefined ? sign : line] ?? "";
  });
}

test("github: one annotation a finding, whatever names and messages hold", (t) => {
  const found = annotations(FORMATS.github(everyKind));
  t.is(found.length, everyKind.findings.length);
  for (const [index, { path, line, rule, severity, message, commits }] of [
    ...everyKind.findings.entries(),
  ]) {
    t.deepEqual(found[index]?.properties, {
      ...(path === "" ? {} : { file: pathText(path) }),
      ...(line === null ? {} : { line: String(line) }),
      title: rule,
    });
    t.is(found[index]?.level, severity);
    if (commits === undefined) t.is(found[index]?.message, message);
  }
});

test("every format has every finding, and text nothing that moves the cursor", (t) => {
  const json = JSON.parse(FORMATS.json(everyKind)) as { readonly findings: unknown[] };
  t.is(json.findings.length, everyKind.findings.length);
  t.is(resultsOf(FORMATS.sarif(everyKind)).length, everyKind.findings.length);
  t.false(
    /[\x00-\x09\x0b-\x1f\x7f\u202e]/.test(
      FORMATS.text(reportOf(everyKind.findings.slice(0, hostileNames.length))),
    ),
  );
});
