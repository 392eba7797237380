import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unwrapDataKey } from "../../sops/data-key.ts";
import { formatOf, type Format } from "../../sops/format.ts";
import type { Metadata } from "../../sops/metadata/metadata.ts";
import type { Selection } from "../../sops/selection/selection-option.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import type { StoreFile } from "../../sops/store.ts";
import { vectorKeyPair, type VectorKey } from "../fixtures/vector-identity.ts";

const FOLDER = join(import.meta.dirname, "..", "fixtures", "vectors");

/** What `case.json` of a vector says. */
interface About {
  readonly what: string;
  readonly format: Format;
  readonly recipients: readonly VectorKey[];
  readonly selection: Selection | null;
  readonly macOnlyEncrypted: boolean;
  /** The indentation that `.sops.yaml` asked for. */
  readonly indent?: number;
}

/** A file that real sops encrypted: see scripts/make-vectors.mjs. */
export interface Vector {
  /** `<sops version>/<case>` */
  readonly name: string;
  readonly about: About;
  /** Of `encrypted`, by its name. */
  readonly format: Format;
  readonly encrypted: Buffer;
  /** What real sops decrypts it to. */
  readonly plain: Buffer;
}

/** Every vector in the repository. */
export function allVectors(): Vector[] {
  return readdirSync(FOLDER).flatMap((version) =>
    readdirSync(join(FOLDER, version)).map((name) => readVector(`${version}/${name}`)),
  );
}

/** One vector by its name. */
export function readVector(name: string): Vector {
  const folder = join(FOLDER, name);
  const files = readdirSync(folder);
  const content = (stem: string) => {
    const [file, ...more] = files.filter((one) => one.startsWith(`${stem}.`));
    if (file === undefined || more.length > 0) {
      throw new Error(`the vector ${name} needs exactly one file ${stem}.*`);
    }
    return { file, bytes: readFileSync(join(folder, file)) };
  };
  const encrypted = content("encrypted");
  return {
    name,
    about: JSON.parse(content("case").bytes.toString("utf8")) as About,
    format: formatOf(encrypted.file),
    encrypted: encrypted.bytes,
    plain: content("plain").bytes,
  };
}

/** A vector's file, or what became of it, parsed, with the data key of its first recipient. */
export async function openVector(
  { format, about }: Pick<Vector, "format" | "about">,
  encrypted: Uint8Array,
): Promise<{ file: StoreFile; metadata: Metadata; dataKey: Uint8Array }> {
  const { file, metadata } = readSopsFile(encrypted, format);
  if (metadata === null) throw new Error("no metadata");
  const [first = "first"] = about.recipients;
  const dataKey = await unwrapDataKey(metadata, [await vectorKeyPair(first)]);
  if (dataKey === null) throw new Error("no data key");
  return { file, metadata, dataKey };
}
