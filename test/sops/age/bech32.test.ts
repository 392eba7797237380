import test from "ava";
import {
  generateHybridIdentity,
  generateX25519Identity,
  identityToRecipient,
} from "age-encryption";
import { decodeBech32, encodeBech32, isBech32 } from "../../../sops/age/bech32.ts";

test("what age-encryption makes has a right checksum", async (t) => {
  for (let round = 0; round < 20; round += 1) {
    const identity = await generateX25519Identity();
    const hybrid = await generateHybridIdentity();
    for (const text of [identity, hybrid, await identityToRecipient(identity)]) {
      t.true(isBech32(text));
      t.true(isBech32(text.toLowerCase()));
    }
    // Long past the 90 characters of BIP 173.
    t.true(isBech32(await identityToRecipient(hybrid)));
  }
});

test("one changed, missing or doubled character is noticed", async (t) => {
  const identity = await generateX25519Identity();
  for (let place = "AGE-SECRET-KEY-1".length; place < identity.length; place += 1) {
    const other = identity[place] === "Q" ? "P" : "Q";
    t.false(isBech32(identity.slice(0, place) + other + identity.slice(place + 1)));
    t.false(isBech32(identity.slice(0, place) + identity.slice(place + 1)));
  }
  t.false(isBech32(`${identity}Q`));
});

test("mixed case, other characters and no separator are refused", (t) => {
  // From BIP 173.
  t.true(isBech32("A12UEL5L"));
  t.true(isBech32("a12uel5l"));
  t.true(isBech32("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"));
  t.false(isBech32("A12uEL5L"));
  t.false(isBech32("A1G7SGD8"));
  t.false(isBech32("x1b4n0q5v"));
  t.false(isBech32("li1dgmt3"));
  t.false(isBech32("pzry9x0s0muk"));
  t.false(isBech32("1pzry9x0s0muk"));
  t.false(isBech32(""));
});

test("what is encoded decodes to the same bytes, and age-encryption takes it", async (t) => {
  for (let length = 0; length < 70; length += 1) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 37 + length) & 0xff);
    t.deepEqual(decodeBech32(encodeBech32("age", bytes)), { prefix: "age", bytes });
  }
  const identity = encodeBech32("age-secret-key-", new Uint8Array(32).fill(7)).toUpperCase();
  t.regex(await identityToRecipient(identity), /^age1/);
});

test("padding that is not zero, or too long, is refused", (t) => {
  for (const text of ["age1qpu0j2ex", "age1qqqyst3gn", "age1qdd35qf"]) {
    t.true(isBech32(text));
    t.is(decodeBech32(text), null);
  }
});
