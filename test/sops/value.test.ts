import test from "ava";
import { encryptFile, type Encryption } from "../../sops/encrypt.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import { resolvePlain, UnrepresentableError, type Value } from "../../sops/value.ts";
import { testWith } from "../real-tools.ts";
import { sopsBatch } from "../sops-batch.ts";

const pair = await generateKeyPair();
const sops = sopsBatch(pair.identity);
test.after.always(() => {
  sops.end();
});

/** What sops takes a plain scalar for, and the text that is encrypted, and that the MAC covers. */
const SCALARS: readonly (readonly [source: string, type: Value["type"], text: string])[] = [
  ["-x", "str", "-x"],
  ["+", "str", "+"],
  ["yes", "str", "yes"],
  ["true", "bool", "True"],
  ["True", "bool", "True"],
  ["TRUE", "bool", "True"],
  ["tRUE", "str", "tRUE"],
  ["false", "bool", "False"],
  ["False", "bool", "False"],
  ["FALSE", "bool", "False"],
  ["1", "int", "1"],
  ["+7", "int", "7"],
  ["-0", "int", "0"],
  ["0777", "int", "511"],
  ["0777_", "int", "511"],
  ["08", "float", "8"],
  ["0o17", "int", "15"],
  ["-0O17", "int", "-15"],
  ["0o8", "str", "0o8"],
  ["0x1F", "int", "31"],
  ["-0x8000000000000000", "int", "-9223372036854775808"],
  ["-0x8000000000000001", "str", "-0x8000000000000001"],
  // Too large for an integer, and no float.
  ["0x10000000000000000000", "str", "0x10000000000000000000"],
  ["0b101", "int", "5"],
  ["0b12", "str", "0b12"],
  ["1_000", "int", "1000"],
  ["-_1", "int", "-1"],
  ["_1", "str", "_1"],
  ["9223372036854775807", "int", "9223372036854775807"],
  ["18446744073709551616", "float", "18446744073709552000"],
  // Octal and binary by go-yaml itself, with a sign behind the prefix, but not with two.
  ["0o-7", "int", "-7"],
  ["0o+7", "int", "7"],
  ["0b-1_1", "int", "-3"],
  ["0b+1", "int", "1"],
  ["-0b-1", "str", "-0b-1"],
  ["0O-7", "str", "0O-7"],
  ["0x-1", "str", "0x-1"],
  // Go reads no sign where it reads integers without one.
  ["+9223372036854775808", "float", "9223372036854776000"],
  ["1.10", "float", "1.1"],
  ["1e3", "float", "1000"],
  ["1e-7", "float", "0.0000001"],
  ["-1.5e-7", "float", "-0.00000015"],
  ["1.25e22", "float", "12500000000000000000000"],
  ["1e400", "str", "1e400"],
  ["1e_3", "float", "1000"],
  ["+.5", "float", "0.5"],
  [".5", "float", "0.5"],
  [".5e1", "float", "5"],
  [".5_0", "float", "0.5"],
  [".5e1_0", "float", "5000000000"],
  [".5_", "str", ".5_"],
  ["._5", "str", "._5"],
  [".5__0", "str", ".5__0"],
  [".5e400", "str", ".5e400"],
  [".", "str", "."],
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map(
    (source) => [source, "float", "+Inf"] as const,
  ),
  ...["-.inf", "-.Inf", "-.INF"].map((source) => [source, "float", "-Inf"] as const),
  ...[".nan", ".NaN", ".NAN"].map((source) => [source, "float", "NaN"] as const),
  ["+.nan", "str", "+.nan"],
  ["190:20:30", "str", "190:20:30"],
  ["2001-12-14", "time", "2001-12-14T00:00:00Z"],
  ["2001-1-2", "time", "2001-01-02T00:00:00Z"],
  ["2001-12-14t21:59:43.10-05:00", "time", "2001-12-14T21:59:43.1-05:00"],
  ["2001-12-14T1:2:3,5Z", "time", "2001-12-14T01:02:03.5Z"],
  ["2001-12-14T21:59:43.1234567899Z", "time", "2001-12-14T21:59:43.123456789Z"],
  ["2001-12-14T21:59:43-00:00", "time", "2001-12-14T21:59:43Z"],
  ["2001-12-14T21:59:43+23:59", "time", "2001-12-14T21:59:43+23:59"],
  ["2001-12-14 21:59:43", "time", "2001-12-14T21:59:43Z"],
  ["2001-12-14   1:2:3.5", "time", "2001-12-14T01:02:03.5Z"],
  ["2001-12-14 21:59:43Z", "str", "2001-12-14 21:59:43Z"],
  ["2001-12-14T21:59:43", "str", "2001-12-14T21:59:43"],
  ["2001-12-14T24:00:00Z", "str", "2001-12-14T24:00:00Z"],
  ["2001-12-14T21:60:43Z", "str", "2001-12-14T21:60:43Z"],
  ["2001-12-14T21:59:60Z", "str", "2001-12-14T21:59:60Z"],
  ["2001-12-14T21:59:43+05:60", "time", "2001-12-14T21:59:43+06:00"],
  ["2001-12-14T21:59:43-00:60", "time", "2001-12-14T21:59:43-01:00"],
  ["2001-12-14T21:59:43+05:61", "str", "2001-12-14T21:59:43+05:61"],
  ["2001-12-14T21:59:43+25:00", "str", "2001-12-14T21:59:43+25:00"],
  ["2001-13-01", "str", "2001-13-01"],
  ["2001-00-01", "str", "2001-00-01"],
  ["2001-1-00", "str", "2001-1-00"],
  ["2001-04-31", "str", "2001-04-31"],
  ["2000-02-29", "time", "2000-02-29T00:00:00Z"],
  ["1900-02-29", "str", "1900-02-29"],
  ["2004-02-29", "time", "2004-02-29T00:00:00Z"],
  ["2001-02-29", "str", "2001-02-29"],
  ["12001-01-01", "str", "12001-01-01"],
];

/** What sops does not encrypt, nor read in an encrypted file. */
const REFUSED = [
  "9223372036854775808",
  "18446744073709551615",
  "0xffffffffffffffff",
  "2001-12-14T21:59:43+24:00",
  "2001-12-14T21:59:43-23:60",
  "2001-12-14T21:59:43+24:60",
];

test("a plain scalar is what go-yaml takes it for", (t) => {
  for (const [source, type, text] of SCALARS) {
    t.deepEqual(resolvePlain(source), { type, text }, source);
  }
  for (const source of ["", "~", "null", "Null", "NULL"]) t.is(resolvePlain(source), null);
  for (const source of REFUSED) {
    t.throws(() => resolvePlain(source), { instanceOf: UnrepresentableError }, source);
  }
});

testWith("sops-batch")("and what sops takes it for, readable and encrypted", async (t) => {
  const encryption: Encryption = {
    recipients: [pair.recipient],
    selection: null,
    macOnlyEncrypted: false,
  };
  for (const [source, type] of SCALARS) {
    const text = `a_unencrypted: ${source}\nb: ${source}\n`;
    const theirs = await sops.encrypt(text, encryption);
    t.is(/^b: .*,type:(\w+)\]$/m.exec(theirs)?.[1], type, source);
    const { file } = readSopsFile(Buffer.from(text), "yaml");
    const ours = (await encryptFile(file, encryption)).text;
    t.is(await sops.decrypt(ours), await sops.decrypt(theirs), source);
  }
  for (const source of REFUSED) {
    await t.throwsAsync(sops.encrypt(`a: ${source}\n`, encryption), undefined, source);
  }
});
