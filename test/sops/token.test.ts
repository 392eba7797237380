import { randomBytes } from "node:crypto";
import test from "ava";
import {
  decryptToken,
  encryptValue,
  isCommentToken,
  isSamePath,
  isToken,
  readToken,
  shownPath,
} from "../../sops/token.ts";

/** A token whose parts have these lengths. */
function tokenOf(iv: number, tag: number, type = "str", data = 3): string {
  const part = (length: number) => Buffer.alloc(length, 1).toString("base64");
  return `ENC[AES256_GCM,data:${part(data)},iv:${part(iv)},tag:${part(tag)},type:${type}]`;
}

test("each of many tokens has 32 bytes of IV that no other has, and a tag of 16", (t) => {
  const dataKey = randomBytes(32);
  const ivs = new Set<string>();
  for (let count = 0; count < 300; count += 1) {
    const text = encryptValue({ type: "str", text: "same" }, dataKey, ["data", "same"]);
    const token = readToken(text);
    t.is(token?.iv.length, 32);
    t.is(token?.tag.length, 16);
    t.true(isToken(text));
    t.is(decryptToken(text, dataKey, ["data", "same"]).text, "same");
    ivs.add(token?.iv.toString("hex") ?? "");
  }
  t.is(ivs.size, 300);
});

test("what is a token: its parts have the lengths that some sops wrote, and a type that it knows", (t) => {
  for (const iv of [12, 16, 32, 64]) t.true(isToken(tokenOf(iv, 16)), String(iv));
  for (const iv of [11, 65]) t.false(isToken(tokenOf(iv, 16)), String(iv));
  for (const tag of [15, 17]) t.false(isToken(tokenOf(32, tag)), String(tag));
  for (const data of [1, 2, 3, 4]) t.true(isToken(tokenOf(32, 16, "str", data)), String(data));
  for (const type of ["str", "int", "float", "bool", "bytes", "time", "comment"]) {
    t.true(isToken(tokenOf(32, 16, type)), type);
  }
  for (const type of ["string", "null"]) t.false(isToken(tokenOf(32, 16, type)), type);
  t.true(isCommentToken(tokenOf(32, 16, "comment")));
  t.false(isCommentToken(tokenOf(32, 16)));
});

test("a token has nothing before or behind it, but for line breaks", (t) => {
  const token = tokenOf(32, 16);
  t.true(isToken(`${token}\n`));
  t.true(isToken(`${token}\n\n`));
  for (const text of [
    `${token} `,
    `${token}x`,
    `${token}\r\n`,
    `${token}\nx`,
    ` ${token}`,
    `x${token}`,
  ]) {
    t.false(isToken(text), JSON.stringify(text));
  }
});

test("what is cut short is no token, and neither is Base64 of a length that it never has", (t) => {
  const token = tokenOf(32, 16);
  for (const part of ["data", "iv", "tag"]) {
    const text = token.replace(new RegExp(`${part}:(.)`), `${part}:`);
    t.false(isToken(text), part);
    t.is(readToken(text), null, part);
  }
  for (const text of ["", "x", "ENC[AES256_GCM,]", "ENC[AES256_GCM,data:", token.slice(0, -1)]) {
    t.false(isToken(text), text);
    t.is(readToken(text), null, text);
  }
});

test("an empty text is left as it is, and is itself again", (t) => {
  const dataKey = randomBytes(32);
  for (const type of ["str", "comment"] as const) {
    t.is(encryptValue({ type, text: "" }, dataKey, ["a"]), "");
  }
  t.deepEqual(decryptToken("", dataKey, ["a"]), { type: "str", text: "" });
  t.throws(() => decryptToken("x", dataKey, ["a"]), {
    name: "SopsError",
    message: /^the value at a/,
  });
});

test("bytes come back as they are, and are refused as a text, or as a type that they are none of", (t) => {
  const dataKey = randomBytes(32);
  const value = { type: "bytes", text: "\xff\x00\x80a" } as const;
  const text = encryptValue(value, dataKey, ["data"]);
  t.deepEqual(decryptToken(text, dataKey, ["data"]), value);
  // No tag covers the type.
  const as = (type: string) => () =>
    decryptToken(text.replace("type:bytes", `type:${type}`), dataKey, ["data"]);
  t.throws(as("str"), { code: "unsupported", message: /^the value at data .* no UTF-8/ });
  const word = encryptValue({ type: "str", text: "ä" }, dataKey, ["data"]);
  t.is(decryptToken(word, dataKey, ["data"]).text, "ä");
  t.throws(() => decryptToken(word.replace("type:str", "type:int"), dataKey, ["data"]), {
    code: "tampered",
    message: /^the value at data does not parse as its type \(int\)$/,
  });
});

test("a tag that was cut short is none, however much of it is right", (t) => {
  const dataKey = randomBytes(32);
  const text = encryptValue({ type: "str", text: "hunter2" }, dataKey, ["data"]);
  const { tag = Buffer.alloc(0) } = readToken(text) ?? {};
  for (const length of [1, 4, 8, 12, 15]) {
    const short = tag.subarray(0, length).toString("base64");
    const cut = text.replace(tag.toString("base64"), () => short);
    t.throws(() => decryptToken(cut, dataKey, ["data"]), { code: "tampered" }, String(length));
  }
});

test("a path is another one than its beginning", (t) => {
  t.true(isSamePath(["data", "a"], ["data", "a"]));
  t.false(isSamePath(["data"], ["data", "a"]));
  t.false(isSamePath(["data", "a"], ["data"]));
  t.false(isSamePath(["data", "a"], ["data", "b"]));
  t.false(isSamePath(["data", "a"], ["info", "a"]));
  t.true(isSamePath([], []));
});

test("a key path is shown on one line, without what a terminal obeys", (t) => {
  t.is(shownPath(["data", "a"]), "data.a");
  t.is(shownPath([]), "the top");
  t.is(shownPath(["a\x1b[2J\x00\x1f\x7f\x9f\n", "b c"]), "a?[2J?????.b c");
});
