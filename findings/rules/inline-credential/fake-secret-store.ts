import type { Node } from "yaml";
import { isScalar } from "yaml";
import { isStrongValue } from "../../credential/credential.ts";
import { scalarText } from "../../candidate/nodes.ts";
import { USE_SECRET } from "./mends.ts";
import type { Reading } from "./reading.ts";

/**
 * A store of External Secrets that has its values in itself.
 *
 * @see https://external-secrets.io/latest/provider/fake/
 */
export function readFakeSecretStore(reading: Reading, root: Node | null): void {
  const { mappings } = reading;
  for (const item of mappings.items(mappings.at(root, "spec", "provider", "fake", "data"))) {
    const value = mappings.entry(item, "value");
    const values = mappings.entries(mappings.at(item, "valueMap"));
    const name = mappings.textAt(item, "key") ?? "";
    const first = [...(value === null ? [] : [value]), ...values].find(
      (one) => isScalar(one.value) && isStrongValue(scalarText(one.value)),
    );
    if (first !== undefined) reading.hit(first.offset, "a fake secret store", name, USE_SECRET);
  }
}
