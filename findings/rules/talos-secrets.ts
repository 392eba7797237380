import type { Document, Node } from "yaml";
import { isMap, isScalar, isSeq } from "yaml";
import { isToken } from "../../sops/token.ts";
import { eachDocument } from "../candidate/documents.ts";
import { isProseOrCode } from "../candidate/file-kind.ts";
import type { Candidate, Hit, Rule } from "../finding.ts";
import { KEYWORDS } from "../prefilter/keywords.ts";
import { Mappings, scalarText, startOf } from "../candidate/nodes.ts";
import { isPointer } from "../credential/pointer.ts";
import { shownName } from "../wording.ts";

const KEYWORD = new RegExp(KEYWORDS["talos-secrets"].join("|"));

type Word = Pick<RegExp, "test">;

/** Where one of these keys stands; `ceph-cluster:` is another. */
const whole = (...names: string[]): Word => {
  // Behind `\n` too: in JSON, and in YAML's double quotes, a document may stand on one line.
  const pattern = new RegExp(`(?:(?<![\\w./-])|(?<=\\\\n))(?:${names.join("|")})["']?\\s*:`);
  return { test: (text) => names.some((name) => text.includes(name)) && pattern.test(text) };
};

/** Where a key stands that ends in one of these. */
const ending = (...names: string[]) => new RegExp(`(?:${names.join("|")})["']?\\s*:`);

/** How every key of a secret ends. */
const LEAF = ending("[Tt]oken", "[Kk]ey", "passphrase", "password", "auth", "[Ss]ecret");

/** What stands in each kind of document: charts have clusters, certificates and etcd, too. */
const DOCUMENTS: readonly (readonly Word[])[] = [
  // A machine configuration, and a patch of one.
  [whole("machine"), LEAF],
  [whole("cluster"), /\bv1alpha1\b/, ending("secret", "token", "key")],
  [whole("cluster"), ending("secretboxEncryptionSecret", "aescbcEncryptionSecret")],
  [whole("cluster"), ending("aggregatorCA", "serviceAccount", "etcd"), ending("key")],
  // A named document.
  [
    /\bv1alpha1\b/,
    /(?:Wireguard|Volume|RegistryAuth|RegistryTLS|DiscoveryIdentity|HCloudVIP|SideroLink|KubeEtcdEncryption|KubeServiceAccount|KubeAPIServerCA|KubeAggregatorCA)Config/,
    LEAF,
  ],
  // One with its token in a URL.
  [/\bv1alpha1\b/, /SideroLinkConfig/, /token=/],
  // A JSON patch of a machine configuration.
  [/\/(?:machine|cluster)\//, ending("op"), ending("path")],
  // A secrets bundle.
  [whole("trustdinfo", "certs", "bootstraptoken"), ending("secret", "token", "key")],
  // A talosconfig.
  [whole("contexts"), ending("key")],
];

/** Only text in which all of one kind's words stand is parsed. */
const GATE = {
  test: (text: string) =>
    DOCUMENTS.some((words) => words.every((word) => word.test(text))) && KEYWORD.test(text),
};

/** `*`: every key of a mapping and every item of a list. */
type Path = readonly string[];

const path = (text: string): Path => text.split(".");

/** In a machine configuration, and in a patch of one. */
const MACHINE: readonly Path[] = [
  "machine.token",
  "machine.ca.key",
  "machine.systemDiskEncryption.*.keys.*.static.passphrase",
  "machine.registries.config.*.auth.password",
  "machine.registries.config.*.auth.auth",
  "machine.registries.config.*.auth.identityToken",
  "machine.registries.config.*.tls.clientIdentity.key",
  "machine.network.interfaces.*.wireguard.privateKey",
  "machine.network.interfaces.*.wireguard.peers.*.presharedKey",
  "machine.network.interfaces.*.vip.*.apiToken",
  "machine.network.interfaces.*.vlans.*.vip.*.apiToken",
].map(path);

/** As `MACHINE`, but the words are common: only together with `version: v1alpha1` or `machine`. */
const CLUSTER: readonly Path[] = ["cluster.secret", "cluster.token", "cluster.ca.key"].map(path);

/** Nothing but Talos has these, so a patch of `cluster` alone is known by them. */
const CLUSTER_DISTINCT: readonly Path[] = [
  "cluster.secretboxEncryptionSecret",
  "cluster.aescbcEncryptionSecret",
  "cluster.aggregatorCA.key",
  "cluster.serviceAccount.key",
  "cluster.etcd.ca.key",
].map(path);

/** A URL that machines join with: the token is in its query. */
const JOIN_URL = "apiUrl";
const JOIN_TOKEN = /[?&](?:join)?token=([^&#]*)/;

/** Named documents beside the machine configuration. */
const NAMED: ReadonlyMap<string, readonly Path[]> = new Map(
  Object.entries({
    WireguardConfig: ["privateKey", "peers.*.presharedKey"],
    VolumeConfig: ["encryption.keys.*.static.passphrase"],
    RawVolumeConfig: ["encryption.keys.*.static.passphrase"],
    UserVolumeConfig: ["encryption.keys.*.static.passphrase"],
    SwapVolumeConfig: ["encryption.keys.*.static.passphrase"],
    RegistryAuthConfig: ["password", "auth", "identityToken"],
    RegistryTLSConfig: ["clientIdentity.key"],
    DiscoveryIdentityConfig: ["clusterSecret"],
    HCloudVIPConfig: ["apiToken"],
    SideroLinkConfig: ["uniqueToken", JOIN_URL],
    KubeEtcdEncryptionConfig: ["config.resources.*.providers.*.*.keys.*.secret"],
    KubeServiceAccountConfig: ["issuer.privateKey"],
    KubeAPIServerCAConfig: ["issuingCA.key"],
    KubeAggregatorCAConfig: ["issuingCA.key"],
  }).map(([kind, paths]) => [kind, paths.map(path)]),
);

/** `talosctl gen secrets`, and talhelper's `talsecret.sops.yaml`. */
const BUNDLE: readonly Path[] = [
  "cluster.secret",
  "secrets.bootstraptoken",
  "secrets.secretboxencryptionsecret",
  "secrets.aescbcencryptionsecret",
  "trustdinfo.token",
  "certs.etcd.key",
  "certs.k8s.key",
  "certs.k8saggregator.key",
  "certs.os.key",
  "certs.k8sserviceaccount.key",
].map(path);

const TALOSCONFIG: readonly Path[] = ["contexts.*.key"].map(path);

/**
 * What is found: each talosconfig, Talos machine configuration (patches of one and named documents
 * too) and secrets bundle that holds a readable secret, once, at the first one. Encrypted values,
 * variables and empty ones are none.
 */
export const talosSecrets: Rule = {
  id: "talos-secrets",
  severity: "error",
  keywords: KEYWORDS["talos-secrets"],
  find,
};

function find(candidate: Candidate): Hit[] {
  if (isProseOrCode(candidate.path)) return [];
  const hits: Hit[] = [];
  for (const { section, document } of eachDocument(candidate, GATE)) {
    const mappings = new Mappings(document);
    const secret = firstSecret(mappings, document);
    if (secret === null) continue;
    hits.push({
      line: section.lineAt(secret.offset),
      message: `${secret.what} holds a readable secret: ${shownName(secret.path)}`,
      mend: { kind: "leave-out" },
    });
  }
  return hits;
}

interface FoundSecret {
  readonly what: string;
  readonly path: string;
  readonly offset: number;
}

function firstSecret(mappings: Mappings, document: Document.Parsed): FoundSecret | null {
  const root = document.contents;
  if (isSeq(root)) return firstPatched(mappings, root);
  if (!isMap(root)) return null;
  const [what, paths] = kindOf(mappings, root);
  const found = paths
    .flatMap((one) => readableAt(mappings, root, one))
    .sort((a, b) => a.offset - b.offset)[0];
  return found === undefined ? null : { what, ...found };
}

/** Of a JSON patch (RFC 6902): what its operations write where a machine configuration has secrets. */
function firstPatched(mappings: Mappings, operations: Node): FoundSecret | null {
  for (const operation of mappings.items(operations)) {
    const pointer = mappings.textAt(operation, "path") ?? "";
    const value = mappings.entry(operation, "value");
    if (value === null || mappings.entry(operation, "op") === null) continue;
    const at = pointer.slice(1).split("/");
    const isSecret = PATCHED.filter(
      (one) => at.length <= one.length && at.every((key, depth) => matches(one[depth], key)),
    ).some((one) => readableAt(mappings, value.value, one.slice(at.length)).length > 0);
    if (isSecret) {
      return {
        what: "a JSON patch of a Talos machine configuration",
        path: pointer,
        offset: value.offset,
      };
    }
  }
  return null;
}

const PATCHED = [...MACHINE, ...CLUSTER, ...CLUSTER_DISTINCT];

function matches(step: string | undefined, key: string): boolean {
  return step === "*" || step === key;
}

function kindOf(mappings: Mappings, root: Node): [what: string, paths: readonly Path[]] {
  const has = (...names: string[]): boolean => mappings.at(root, ...names) !== null;
  const kind = mappings.textAt(root, "kind");
  if (kind !== null) {
    const isTalos = mappings.textAt(root, "apiVersion") === "v1alpha1";
    return [`a Talos ${shownName(kind)}`, (isTalos ? NAMED.get(kind) : undefined) ?? []];
  }
  if (isMap(mappings.at(root, "contexts"))) return ["a talosconfig", TALOSCONFIG];
  if (has("trustdinfo") || has("secrets", "bootstraptoken") || has("certs")) {
    return ["a Talos secrets bundle", BUNDLE];
  }
  const isWhole =
    mappings.textAt(root, "version") === "v1alpha1" || isMap(mappings.at(root, "machine"));
  return [
    "a Talos machine configuration",
    isWhole ? [...MACHINE, ...CLUSTER, ...CLUSTER_DISTINCT] : CLUSTER_DISTINCT,
  ];
}

/** The readable values at a path, with the offsets of their keys. */
function readableAt(
  mappings: Mappings,
  root: Node | null,
  steps: Path,
): { path: string; offset: number }[] {
  let reached: { node: Node | null; path: string; offset: number }[] = [
    { node: root, path: "", offset: startOf(root) ?? 0 },
  ];
  for (const step of steps) {
    reached = reached.flatMap(({ node, path: before, offset }) => {
      const entries = mappings
        .entries(node)
        .filter(({ key }) => matches(step, key))
        .map((entry) => ({
          node: entry.value,
          path: before === "" ? entry.key : `${before}.${entry.key}`,
          offset: entry.offset,
        }));
      if (step !== "*") return entries;
      const items = mappings.items(node).map((item) => ({ node: item, path: before, offset }));
      return [...entries, ...items];
    });
    // Aliases can make a small file branch without end.
    if (reached.length > MOST_BRANCHES) reached.length = MOST_BRANCHES;
  }
  return reached
    .filter(({ node, path: at }) => isReadable(node, at === JOIN_URL))
    .map(({ path: at, offset }) => ({ path: at, offset }));
}

const MOST_BRANCHES = 10_000;

function isReadable(node: Node | null, isJoinUrl: boolean): boolean {
  if (!isScalar(node)) return false;
  const whole = scalarText(node);
  const text = isJoinUrl ? (JOIN_TOKEN.exec(whole)?.[1] ?? "") : whole;
  return text.trim() !== "" && !isToken(text) && !isPointer(text);
}
