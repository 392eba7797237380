import { printable } from "../../git/escape.ts";
import { isRecord } from "../../sops/metadata/metadata-fields.ts";
import { TOKEN_START } from "../../sops/token-start.ts";
import { type Diagnosis, note, ok, someOf, wrong } from "./diagnosis.ts";
import { itemsOf, type Kubectl } from "../cluster/kubectl.ts";

/** Flux puts it, and `…/namespace`, on all that a Flux Kustomization applies. */
const OWNER = "kustomize.toolkit.fluxcd.io/name";

/**
 * Has Flux applied ciphertext? Where nothing decrypts, it does so without a word, and a value in the
 * cluster is a token of SOPS. The values that are read to see that stay in this process's memory.
 */
export function diagnoseApplied(kubectl: Kubectl): Diagnosis[] {
  const got = kubectl(["get", "secrets,configmaps", "-A", "-l", OWNER, "-o", "json"]);
  if (got.kind !== "got") {
    const complaint = got.kind === "failed" ? printable(got.complaint) : "";
    return [
      note(
        `kubectl may not read what Flux has applied, to look for ciphertext: ${complaint}`,
        "ask who may",
      ),
    ];
  }
  const items = itemsOf(got.data);
  const byOwner = new Map<string, string[]>();
  for (const item of items) {
    const keys = encryptedKeys(item);
    if (keys.length === 0) continue;
    const metadata = isRecord(item["metadata"]) ? item["metadata"] : {};
    const labels = isRecord(metadata["labels"]) ? metadata["labels"] : {};
    const owner = `${String(labels["kustomize.toolkit.fluxcd.io/namespace"])}/${String(labels[OWNER])}`;
    const name = `${String(metadata["namespace"])}/${String(metadata["name"])}`;
    const found = `${String(item["kind"])} ${name} (${someOf(keys)})`;
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), found]);
  }
  if (byOwner.size === 0) {
    return [
      ok(
        `none of ${String(items.length)} Secrets and ConfigMaps that Flux applied holds ciphertext`,
      ),
    ];
  }
  return [...byOwner].map(([owner, found]) =>
    wrong(
      printable(`Flux Kustomization ${owner} has applied ciphertext: ${someOf(found)}`),
      "npx flux-sops check says where, and what to write instead; then commit and push that",
    ),
  );
}

/** The keys of an object's data whose values are ciphertext. */
function encryptedKeys({ kind, data }: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(isRecord(data) ? data : {})
    .filter(([, value]) => textOf(kind, String(value)).startsWith(TOKEN_START))
    .map(([key]) => key);
}

/** The beginning is enough. */
function textOf(kind: unknown, value: string): string {
  return kind === "Secret" ? Buffer.from(value.slice(0, 40), "base64").toString("latin1") : value;
}
