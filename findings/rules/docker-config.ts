import { isScalar } from "yaml";
import { eachDocument } from "../candidate/documents.ts";
import { hitsInBase64 } from "../candidate/hits-in-base64.ts";
import { Mappings, scalarText } from "../candidate/nodes.ts";
import { holdsExpression } from "../credential/pointer.ts";
import type { Candidate, Hit } from "../finding.ts";
import { DOCKER_BASE64 } from "../prefilter/keywords.ts";
import { WordSearch } from "../prefilter/word-search.ts";
import { isToken } from "../../sops/token.ts";

const AUTHS = { test: (text: string) => text.includes("auths") };

const IN_BASE64 = new WordSearch(DOCKER_BASE64.map((word) => ({ word, means: "docker" })));

/** `"auths": {"registry": {"auth": …}}`, in a file of its own or as a value in one, as base64 too. */
export function findDockerCredentials(candidate: Candidate): Hit[] {
  return [...readableAuths(candidate), ...hitsInBase64(candidate, IN_BASE64, readableAuths)];
}

function readableAuths(candidate: Candidate): Hit[] {
  const hits: Hit[] = [];
  for (const { section, document } of eachDocument(candidate, AUTHS)) {
    const mappings = new Mappings(document);
    for (const registry of mappings.entries(mappings.at(document.contents, "auths"))) {
      const secret = mappings.entries(registry.value).find(({ key, value }) => {
        if (!/^(?:auth|password|identitytoken|registrytoken)$/.test(key)) return false;
        const text = isScalar(value) ? scalarText(value) : "";
        return text.trim() !== "" && !isToken(text) && !holdsExpression(text) && !isStandIn(text);
      });
      if (secret === undefined) continue;
      hits.push({
        line: section.lineAt(secret.offset),
        message: `a Docker configuration holds a registry's credentials: ${secret.key}`,
        mend: { kind: "leave-out" },
      });
      break;
    }
  }
  return hits;
}

/** `<PASSWORD>`, as a sample of what has `auths` of its own: snmp_exporter. Words may be a password. */
function isStandIn(text: string): boolean {
  return /^<.*>$/.test(text);
}
