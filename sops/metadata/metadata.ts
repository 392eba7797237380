import {
  bad,
  isRecord,
  isSetAt,
  listAt,
  refuseBareTime,
  refuseNoInteger,
  textAt,
  timeAt,
  versionAt,
} from "./metadata-fields.ts";
import {
  DEFAULT_SELECTION,
  SELECTION_OPTIONS,
  type Selection,
  type SelectionOption,
} from "../selection/selection-option.ts";

/** One recipient's copy of the data key: an ASCII-armoured age file. */
export interface AgeEntry {
  readonly recipient: string;
  readonly enc: string;
}

/** The `sops` block of a file. */
export interface Metadata {
  readonly age: readonly AgeEntry[];
  /** Kinds of key other than age that open the file too (`pgp`, `kms`, …), or {@link SHAMIR}. */
  readonly foreign: readonly string[];
  /** RFC 3339 in seconds, exactly as it is bound to the MAC. */
  readonly lastModified: string;
  /** The encrypted MAC, or null where the file has none. */
  readonly mac: string | null;
  /** As written in the file; null: the default holds. */
  readonly selection: Selection | null;
  readonly macOnlyEncrypted: boolean;
  readonly version: string;
}

/**
 * The version of sops whose format is written. Readers compare nothing with it today; it says which
 * rules a file was made by.
 */
export const FORMAT_VERSION = "3.13.3";

/** Several key groups, as a kind of key: each opens a part of the data key. */
export const SHAMIR = "several key_groups, Shamir's secret sharing";

/** The lists of keys in the metadata that this engine only recognises. */
const FOREIGN_KEYS = ["pgp", "kms", "gcp_kms", "azure_kv", "hc_vault", "hckms"] as const;

/**
 * Reads a `sops` block. What sops refuses is refused here too: Flux could not decrypt the file.
 *
 * @param raw plain data, as YAML or JSON give it, with a `Date` for a time of YAML.
 * @throws SopsError `bad-metadata`
 * @see ExtractMetadata in sops's stores/metadata.go, ToInternal in stores/stores.go, and AIsNewerThanB in
 *   version/version.go
 */
export function parseMetadata(raw: unknown): Metadata {
  if (!isRecord(raw)) throw bad("is no mapping");
  const foreign: string[] = foreignKeys(raw);
  const groups = listAt(raw, "key_groups").map((group) => {
    if (!isRecord(group)) throw bad("has a key group that is no mapping");
    return { age: ageEntries(listAt(group, "age")), foreign: foreignKeys(group) };
  });
  let age = ageEntries(listAt(raw, "age"));
  if (groups.length > 1) foreign.push(SHAMIR);
  const [group] = groups;
  if (group !== undefined && groups.length === 1 && age.length === 0 && foreign.length === 0) {
    age = group.age;
    foreign.push(...group.foreign);
  }
  if (age.length === 0 && foreign.length === 0) throw bad("names no keys");
  refuseNoInteger(raw, "shamir_threshold");
  refuseBareTime(raw, "lastmodified");
  const lastModified = timeAt(raw, "lastmodified");
  if (lastModified === null) throw bad("has no lastmodified in RFC 3339");
  const mac = textAt(raw, "mac");
  return {
    age,
    foreign,
    lastModified: lastModified.replace(/\.\d+/, ""),
    mac: mac === "" ? null : mac,
    selection: parseSelection(raw, (message) => bad(message)),
    macOnlyEncrypted: isSetAt(raw, "mac_only_encrypted"),
    version: versionAt(raw, "version"),
  };
}

/** A block as plain data, in the order of its keys. */
export function plainMetadata(metadata: Metadata): Record<string, unknown> {
  const { selection } = metadata;
  const plain: Record<string, unknown> = {
    age: metadata.age.map(({ enc, recipient }) => ({ enc, recipient })),
    lastmodified: metadata.lastModified,
    ...(metadata.mac === null ? {} : { mac: metadata.mac }),
    ...(selection === null ? {} : { [selection.option]: selection.pattern }),
    ...(metadata.macOnlyEncrypted ? { mac_only_encrypted: true } : {}),
    version: metadata.version,
  };
  return Object.fromEntries(Object.entries(plain).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The one of the six options that a block or a rule sets.
 *
 * @param failure makes the error for what is wrong.
 */
export function parseSelection(
  raw: Readonly<Record<string, unknown>>,
  failure: (message: string) => Error,
): Selection | null {
  const set = SELECTION_OPTIONS.filter((option) => (raw[option] ?? "") !== "");
  if (set.length > 1) throw failure(`has more than one of ${set.join(", ")}`);
  const option: SelectionOption | undefined = set[0];
  if (option === undefined) return null;
  const pattern = raw[option];
  if (typeof pattern !== "string") throw failure(`has an ${option} that is no string`);
  return { option, pattern };
}

/** The selection that holds in a file with this metadata, or under this rule. */
export function effectiveSelection(metadata: Pick<Metadata, "selection">): Selection {
  return metadata.selection ?? DEFAULT_SELECTION;
}

function ageEntries(list: readonly unknown[]): AgeEntry[] {
  return list.map((entry) => {
    if (!isRecord(entry)) throw bad("has an age entry that is no mapping");
    const { recipient, enc } = entry;
    if (typeof recipient !== "string" || typeof enc !== "string") {
      throw bad("has an age entry without recipient or enc");
    }
    return { recipient, enc };
  });
}

/** The kinds of key other than age that are there, each with a key at least. */
function foreignKeys(raw: Readonly<Record<string, unknown>>): string[] {
  return FOREIGN_KEYS.filter((key) => {
    const list = listAt(raw, key);
    for (const entry of list) {
      if (!isRecord(entry)) throw bad(`has a ${key} entry that is no mapping`);
      refuseBareTime(entry, "created_at");
      if (timeAt(entry, "created_at") === null) {
        throw bad(`has a ${key} entry without a created_at in RFC 3339`);
      }
    }
    return list.length > 0;
  });
}
