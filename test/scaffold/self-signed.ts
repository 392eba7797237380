import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A certificate that its own key has signed, valid for a day. */
export interface SelfSigned {
  readonly privateKey: KeyObject;
  readonly der: Buffer;
  /** Both in PEM. */
  readonly cert: string;
  readonly key: string;
}

/** @see RFC 5280, 4.1 */
export function selfSigned(commonName: string): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = sequence(
    element(0x31, sequence(OID.commonName, element(0x0c, Buffer.from(commonName)))),
  );
  const body = sequence(
    element(0x02, Buffer.from([1])),
    sequence(OID.ecdsaWithSha256),
    name,
    sequence(time(0), time(1)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign("sha256", body, privateKey)]);
  const der = sequence(body, sequence(OID.ecdsaWithSha256), element(0x03, signature));
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    ...{ privateKey, der },
    cert: ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n"),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

const OID = {
  commonName: Buffer.from("0603550403", "hex"),
  ecdsaWithSha256: Buffer.from("06082a8648ce3d040302", "hex"),
};

function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

/** Tag, length and content in DER. */
function element(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function time(days: number): Buffer {
  const at = new Date(Date.now() + days * 24 * 60 * 60 * 1000).toISOString();
  return element(0x17, Buffer.from(`${at.replace(/[-:T]|\.\d+/g, "").slice(2)}`));
}
