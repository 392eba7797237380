import { createCipheriv, generateKeyPairSync, randomBytes } from "node:crypto";
import {
  generateHybridIdentity,
  generateX25519Identity,
  identityToRecipient,
} from "age-encryption";

/**
 * The placeholders in the rules' examples, `{{NAME}}`, each replaced by a key made here. `{{NAME:how}}`
 * writes it another way; `{{xy+NAME:base64}}` puts letters before it first, which moves the base64.
 */
export async function placeholders(): Promise<Record<string, string>> {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ed25519 = generateKeyPairSync("ed25519");
  const encrypted = { cipher: "aes-256-cbc", passphrase: "correct horse" };
  const block = { lastmodified: "2025-01-01T00:00:00Z", mac: token("mac"), version: "3.9.0" };
  const flat = (prefix: string, metadata: object) =>
    Object.entries({
      age__list_0__map_recipient: recipient,
      age__list_0__map_enc: "a",
      ...metadata,
    })
      .map(([key, value]) => `${prefix}${key}=${value}\n`)
      .join("");
  return {
    AGE_KEY: identity,
    AGE_PQ_KEY: await generateHybridIdentity(),
    AGE_RECIPIENT: recipient,
    AGE_KEY_FILE: `# created: 2025-01-01T00:00:00Z\n# public key: ${recipient}\n${identity}\n`,
    PEM_RSA: rsa.privateKey.export({ type: "pkcs1", format: "pem" }).toString().trim(),
    PEM_EC: ec.privateKey.export({ type: "sec1", format: "pem" }).toString().trim(),
    PEM_PKCS8: ec.privateKey.export({ type: "pkcs8", format: "pem" }).toString().trim(),
    PEM_ED25519: ed25519.privateKey.export({ type: "pkcs8", format: "pem" }).toString().trim(),
    PEM_ENCRYPTED: ec.privateKey
      .export({ type: "pkcs8", format: "pem", ...encrypted })
      .toString()
      .trim(),
    PEM_LEGACY_ENCRYPTED: rsa.privateKey
      .export({ type: "pkcs1", format: "pem", ...encrypted })
      .toString()
      .trim(),
    PEM_PUBLIC: rsa.publicKey.export({ type: "spki", format: "pem" }).toString().trim(),
    PEM_CERTIFICATE: armour("CERTIFICATE", randomBytes(700)),
    // The rule looks at the frame and the amount of base64; what is inside is all the same to it.
    OPENSSH: armour("OPENSSH PRIVATE KEY", randomBytes(300)),
    PGP: armour("PGP PRIVATE KEY BLOCK", randomBytes(600), "Comment: a key\n\n"),
    COSIGN: armour("ENCRYPTED SIGSTORE PRIVATE KEY", randomBytes(450)),
    COSIGN_OLD: armour("ENCRYPTED COSIGN PRIVATE KEY", randomBytes(450)),
    NEBULA: armour("NEBULA ED25519 PRIVATE KEY", randomBytes(64)),
    SSH2: armour("SSH2 ENCRYPTED PRIVATE KEY", randomBytes(300), 'Comment: "me"\n').replace(
      /-----(BEGIN|END)(.*)-----/g,
      "---- $1$2 ----",
    ),
    OPENVPN: [
      "-----BEGIN OpenVPN Static key V1-----",
      ...Array.from({ length: 16 }, () => randomBytes(16).toString("hex")),
      "-----END OpenVPN Static key V1-----",
    ].join("\n"),
    TSS2: armour("TSS2 PRIVATE KEY", randomBytes(300)),
    PUTTY: [
      "PuTTY-User-Key-File-3: ssh-ed25519",
      "Encryption: none",
      "Comment: me",
      "Public-Lines: 1",
      randomBytes(48).toString("base64"),
      "Private-Lines: 1",
      randomBytes(36).toString("base64"),
      `Private-MAC: ${randomBytes(32).toString("hex")}`,
    ].join("\n"),
    WIREGUARD: randomBytes(32).toString("base64"),
    // Its kind, the time that it was made at, its length.
    CEPH_KEY: Buffer.concat([
      Buffer.from([1, 0]),
      randomBytes(8),
      Buffer.from([16, 0]),
      randomBytes(16),
    ]).toString("base64"),
    MINISIGN: signingKey("EdScB2", 158),
    MINISIGN_OPEN: signingKey("Ed\0\0B2", 158),
    MINISIGN_PUBLIC: signingKey("EdScB2", 42),
    SIGNIFY: signingKey("EdBK\0\0\0*", 104),
    TOKEN: token("hunter2"),
    NUMBER_TOKEN: token("5432", "int"),
    BOOLEAN_TOKEN: token("True", "bool"),
    SOPS_BINARY: JSON.stringify({
      data: token("hunter2"),
      sops: { age: [{ recipient, enc: "a" }], ...block },
    }),
    SOPS_INI: `; comment\n[a]\nb = ${token("hunter2")}\nc =\n\n[sops]\n${flat("", block)}`,
    SOPS_INI_BESIDE: `[a]\nb = ${token("hunter2")}\nc = hunter2\n[sops]\n${flat("", block)}`,
    SOPS_INI_WITHOUT_MAC: `[a]\nb = ${token("hunter2")}\n[sops]\n${flat("", { ...block, mac: "" })}`,
    SOPS_DOTENV: `a=${token("hunter2")}\n${flat("sops_", block)}`,
    SOPS_DOTENV_BESIDE: `a=${token("hunter2")}\nb=hunter2\n${flat("sops_", block)}`,
    SECRET_MANIFEST:
      "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  a: hunter2\n",
    SECRET_JSON: '{"apiVersion":"v1","kind":"Secret","data":{"a":"aHVudGVyMg=="}}',
    SECRET_REFERENCE: "valuesFrom:\n- kind: Secret\n  name: a\ndata:\n  a: b\n",
    ENCRYPTED_MANIFEST: `kind: Secret\nstringData:\n  a: ${token("hunter2")}\nsops:\n  mac: ${token("mac")}\n`,
    UTF16: "",
    LATIN1: "\u00e4\u00f6\u00fc",
  };
}

/** A value as sops writes it. */
export function token(plaintext: string, type = "str"): string {
  const iv = randomBytes(32);
  const cipher = createCipheriv("aes-256-gcm", randomBytes(32), iv);
  const data = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final()]);
  const [d, i, t] = [data, iv, cipher.getAuthTag()].map((part) => part.toString("base64"));
  return `ENC[AES256_GCM,data:${d ?? ""},iv:${i ?? ""},tag:${t ?? ""},type:${type}]`;
}

/** A key of minisign's or signify's: what tells the kind, and random bytes. */
function signingKey(kind: string, length: number): string {
  return Buffer.concat([Buffer.from(kind), randomBytes(length - kind.length)]).toString("base64");
}

/** Fills an example's placeholders in. Multi-line keys are indented like the line they stand in. */
export function fill(content: string, keys: Readonly<Record<string, string>>): Buffer {
  let encoding: "utf8" | "latin1" | "utf16le" = "utf8";
  const text = content.replace(
    /^( *)(.*?)\{\{(?:([a-z]+)\+)?([A-Z0-9_]+)(?::(\w+))?\}\}|\{\{([A-Z0-9_]+)(?::(\w+))?\}\}/gm,
    (whole, indent = "", before = "", prefix = "", name1, how1, name2, how2) => {
      const name: string = name1 ?? name2;
      const how: string | undefined = how1 ?? how2;
      const key = keys[name];
      if (key === undefined) return whole;
      if (name === "LATIN1") encoding = "latin1";
      if (how?.startsWith("utf16") === true || name === "UTF16") encoding = "utf16le";
      const written = write(`${prefix}${key}`, how);
      return `${indent}${before}${written.replaceAll("\n", `\n${indent}`)}`;
    },
  );
  const mark = content.includes(":utf16bom}}") ? "\ufeff" : "";
  return Buffer.from(mark + text, encoding);
}

function write(key: string, how: string | undefined): string {
  switch (how) {
    case undefined:
    case "utf16":
    case "utf16bom":
      return key;
    case "lower":
      return key.toLowerCase();
    case "base64":
      return Buffer.from(key).toString("base64");
    case "folded":
      return folded(Buffer.from(key));
    case "json":
      return JSON.stringify(key).slice(1, -1);
    case "php":
      return JSON.stringify(key).slice(1, -1).replaceAll("/", "\\/");
    case "dotnet":
      return JSON.stringify(key).slice(1, -1).replaceAll("+", "\\u002B");
    case "escaped":
      return escaped(key, /[AEIS-]/g);
    case "rest":
      return key.replace("AGE-SECRET", "");
    case "escaped2":
      return escaped(key, /[^\n]/g).replaceAll("\\", "\\\\").replaceAll("\n", "\\\\n");
    case "crlf":
      return key.replaceAll("\n", "\r\n");
    case "lines":
      return key.replace(/.{30}/g, "$&\n");
    case "damagedlines":
      return `${key.slice(0, 30)}\n${key.slice(31)}Q`;
    case "quotedlines":
      return key.replace(/.{30}/g, "$&' +\n'");
    case "commented":
      return key.replace(/^/gm, "# ");
    case "quoted":
      return key.replace(/^/gm, "> ");
    case "listed":
      return key.replace(/^/gm, "- ");
    case "damaged":
      return key.slice(0, -1) + (key.endsWith("Q") ? "P" : "Q");
    default:
      throw new Error(`no way of writing a key is called ${how}`);
  }
}

function escaped(key: string, characters: RegExp): string {
  return key.replace(characters, (one) => `\\u00${one.charCodeAt(0).toString(16)}`);
}

function folded(bytes: Buffer): string {
  return (bytes.toString("base64").match(/.{1,76}/g) ?? []).join("\n");
}

function armour(label: string, body: Buffer, headers = ""): string {
  const lines = (body.toString("base64").match(/.{1,64}/g) ?? []).join("\n");
  return `-----BEGIN ${label}-----\n${headers}${lines}\n-----END ${label}-----`;
}
