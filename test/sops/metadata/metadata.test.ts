import test from "ava";
import { parseMetadata, plainMetadata, SHAMIR } from "../../../sops/metadata/metadata.ts";

const AGE = [{ recipient: "age1x", enc: "sealed" }];
const RAW = { age: AGE, lastmodified: "2026-01-02T03:04:05Z", mac: "ENC[x]", version: "3.9.0" };
const PGP = [{ created_at: "2026-01-02T03:04:05Z", enc: "sealed", fp: "x" }];

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

test("a version is one that sops can compare with its own", (t) => {
  for (const version of ["3.9.1", "v3.9.1", "3.9.1-rc.1+b-1", "99.0.0", "1.5", "1.x", 1.5]) {
    t.is(parseMetadata({ ...RAW, version }).version, String(version));
  }
  for (const version of [
    "3.9",
    "3",
    3.9,
    true,
    "03.9.1",
    "3.9.1 ",
    "3.9.1-",
    "3.9.1-01",
    "V3.9.1",
  ]) {
    t.throws(() => parseMetadata({ ...RAW, version }), {
      message: "the sops block has a version that is none: write version: 3.13.3 there",
    });
  }
});

test("what is missing or of another type", (t) => {
  t.is(parseMetadata({ ...RAW, mac: "" }).mac, null);
  t.is(parseMetadata({ ...RAW, mac: null }).mac, null);
  t.is(parseMetadata({ ...RAW, mac: 5 }).mac, "5", "as sops takes it: no MAC that verifies");
  const { [0]: entry } = AGE;
  t.deepEqual(parseMetadata({ ...RAW, age: entry }).age, AGE, "one entry for a list of one");
  t.deepEqual(parseMetadata({ ...RAW, kms: {} }).foreign, []);
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
    [{ ...RAW, lastmodified: "2026-01-02t03:04:05Z" }, /no lastmodified/],
    [{ ...RAW, lastmodified: "2026-01-02" }, /no lastmodified/],
    [{ ...RAW, lastmodified: new Date(0) }, /lastmodified without quotes/],
    [{ ...RAW, mac: ["x"] }, /a mac that is no text/],
    [{ ...RAW, mac: Object.create(null) }, /a mac that is no text/],
    [{ ...RAW, mac_only_encrypted: Object.create(null) }, /neither true nor false/],
    [{ ...RAW, version: undefined }, /no version/],
    [{ ...RAW, version: "" }, /no version/],
    [{ ...RAW, version: new Date(0) }, /a version that is no text/],
    [{ ...RAW, version: ["3.9.0"] }, /a version that is no text/],
    [{ ...RAW, shamir_threshold: "many" }, /a shamir_threshold that is no whole number/],
    [{ ...RAW, shamir_threshold: [2] }, /a shamir_threshold that is no whole number/],
    [{ ...RAW, age: "x" }, /an age that is no list/],
    [{ ...RAW, age: new Date(0) }, /an age that is no list/],
    [{ ...RAW, pgp: "" }, /a pgp that is no list/],
    [{ ...RAW, pgp: [{ fp: "x" }] }, /a pgp entry without a created_at in RFC 3339/],
    [{ ...RAW, kms: [{ created_at: "2020-01-01" }] }, /a kms entry without a created_at/],
    [{ ...RAW, hckms: [{ created_at: new Date(0) }] }, /a created_at without quotes/],
    [{ ...RAW, key_groups: ["x"] }, /group that is no mapping/],
    [{ ...RAW, key_groups: [{ age: 1 }] }, /an age that is no list/],
    [{ ...RAW, encrypted_regex: 5 }, /an encrypted_regex that is no string/],
    [
      { ...RAW, encrypted_regex: "a", unencrypted_suffix: "b" },
      /more than one of unencrypted_suffix, encrypted_regex/,
    ],
  ] as const) {
    t.throws(() => parseMetadata(raw), { name: "SopsError", code: "bad-metadata", message });
  }
});
