import test from "ava";
import { parseMetadata, plainMetadata, SHAMIR } from "../../sops/metadata.ts";

const AGE = [{ recipient: "age1x", enc: "sealed" }];
const RAW = { age: AGE, lastmodified: "2026-01-02T03:04:05Z", mac: "ENC[x]", version: "3.9.0" };
const PGP = [{ fp: "x", enc: "sealed" }];

test("a block as sops writes it comes back as it was", (t) => {
  const metadata = parseMetadata({ ...RAW, encrypted_regex: "^data$", mac_only_encrypted: true });
  t.deepEqual(metadata, {
    age: AGE,
    foreign: [],
    lastModified: RAW.lastmodified,
    mac: RAW.mac,
    selection: { option: "encrypted_regex", pattern: "^data$" },
    macOnlyEncrypted: true,
    version: RAW.version,
  });
  t.is(
    Object.keys(plainMetadata(metadata)).join(),
    "age,encrypted_regex,lastmodified,mac,mac_only_encrypted,version",
  );
  t.is(Object.keys(plainMetadata(parseMetadata(RAW))).join(), "age,lastmodified,mac,version");
});

test("keys of every other kind are seen, beside age and without it", (t) => {
  for (const kind of ["pgp", "kms", "gcp_kms", "azure_kv", "hc_vault", "hckms"]) {
    t.deepEqual(parseMetadata({ ...RAW, [kind]: PGP }).foreign, [kind]);
    t.deepEqual(parseMetadata({ ...RAW, age: undefined, [kind]: PGP }).foreign, [kind]);
    t.deepEqual(parseMetadata({ ...RAW, [kind]: [] }).foreign, []);
    t.deepEqual(parseMetadata({ ...RAW, [kind]: null }).foreign, []);
    for (const entry of ["", null, "x"]) {
      t.throws(() => parseMetadata({ ...RAW, [kind]: [entry] }), {
        message: `the sops block has a ${kind} entry that is no mapping`,
      });
    }
    const group = { age: AGE, [kind]: PGP };
    const { age, foreign } = parseMetadata({ ...RAW, age: [], key_groups: [group] });
    t.deepEqual([age, foreign], [AGE, [kind]]);
  }
});

test("one key group stands for its keys, several for parts of the data key", (t) => {
  const grouped = (...key_groups: unknown[]) => ({ ...RAW, age: undefined, key_groups });
  t.deepEqual(parseMetadata(grouped({ age: AGE })).age, AGE);
  t.deepEqual(parseMetadata(grouped({ age: AGE }, { age: AGE })).foreign, [SHAMIR]);
  t.deepEqual(parseMetadata({ ...RAW, key_groups: [{ pgp: PGP }] }).foreign, [], "as in sops");
  t.throws(() => parseMetadata(grouped("x")), { message: /group that is no mapping/ });
  t.throws(() => parseMetadata(grouped({ age: [] })), { message: /names no keys/ });
});

test("the time is what sops binds the MAC to", (t) => {
  for (const [written, bound] of [
    ["2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05Z"],
    ["2026-01-02T03:04:05+00:00", "2026-01-02T03:04:05Z"],
    ["2026-01-02T03:04:05+02:00", "2026-01-02T03:04:05+02:00"],
  ] as const) {
    t.is(parseMetadata({ ...RAW, lastmodified: written }).lastModified, bound);
  }
});

test("what is missing or of another type", (t) => {
  t.is(parseMetadata({ ...RAW, mac: "" }).mac, null);
  t.is(parseMetadata({ ...RAW, mac: 5 }).mac, null);
  t.is(parseMetadata({ ...RAW, version: 3.9 }).version, "");
  const isOnlyEncrypted = (mac_only_encrypted: unknown) =>
    parseMetadata({ ...RAW, mac_only_encrypted }).macOnlyEncrypted;
  for (const set of [true, "true", "True", "1", 1, "t"]) t.true(isOnlyEncrypted(set), String(set));
  for (const not of [false, "false", "0", 0, "F", "", null]) t.false(isOnlyEncrypted(not));
  for (const neither of ["yes", "tRUE", [], {}]) {
    t.throws(() => isOnlyEncrypted(neither), { code: "bad-metadata", message: /neither true nor/ });
  }
  t.is(parseMetadata({ ...RAW, encrypted_regex: "", encrypted_suffix: null }).selection, null);
  for (const [raw, message] of [
    [null, /is no mapping/],
    [[], /is no mapping/],
    ["x", /is no mapping/],
    [{ ...RAW, age: [] }, /names no keys/],
    [{ ...RAW, age: ["x"] }, /age entry that is no mapping/],
    [{ ...RAW, age: [{ recipient: "age1x" }] }, /without recipient or enc/],
    [{ ...RAW, age: [{ enc: "sealed" }] }, /without recipient or enc/],
    [{ ...RAW, lastmodified: undefined }, /no lastmodified/],
    [{ ...RAW, lastmodified: 5 }, /no lastmodified/],
    [{ ...RAW, lastmodified: "yesterday" }, /no lastmodified/],
    [{ ...RAW, encrypted_regex: 5 }, /an encrypted_regex that is no string/],
    [
      { ...RAW, encrypted_regex: "a", unencrypted_suffix: "b" },
      /more than one of unencrypted_suffix, encrypted_regex/,
    ],
  ] as const) {
    t.throws(() => parseMetadata(raw), { name: "SopsError", code: "bad-metadata", message });
  }
});
