import { TOKEN_START } from "../../sops/token-start.ts";
import { KnownContent } from "./known-content.ts";
import { suspectedRules } from "../prefilter/prefilter.ts";

/** What a content is like, whatever its path. Contents that differ in versions only share one. */
export interface Likeness {
  /** Nothing in it is a rule's keyword: only a telling name makes it worth a look. */
  readonly isClean: boolean;
  /** There is a token of SOPS in it: it is like no other. */
  readonly isEncrypted: boolean;
  /** Paths under which it was judged, and whether it is harmless there. */
  readonly harmless: Map<string, boolean>;
}

/** A likeness with one such content. */
interface Sampled extends Likeness {
  readonly sample: KnownContent;
}

/** So many bytes are kept in memory. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** Tells what contents are like, by what stood last at the same path. */
export class Likenesses {
  readonly #without: ReadonlySet<string>;
  readonly #clean: Likeness = { isClean: true, isEncrypted: false, harmless: new Map() };
  readonly #byPath = new Map<string, Sampled>();
  #kept = 0;

  /** @param without rules that are not asked */
  constructor(without: ReadonlySet<string> = new Set()) {
    this.#without = without;
  }

  /** @param path any name for it: the same for versions of one file */
  of(bytes: Buffer, path: string): Likeness {
    const last = this.#byPath.get(path);
    if (last?.sample.isLike(bytes) === true) return last;
    const isEncrypted = bytes.includes(TOKEN_START);
    if (!isEncrypted && suspectedRules("", bytes, this.#without).size === 0) return this.#clean;
    const likeness = { isClean: false, isEncrypted, harmless: new Map<string, boolean>() };
    const kept = this.#kept - (last?.sample.bytes.length ?? 0) + bytes.length;
    if (isEncrypted || kept > KEPT_BYTES) return likeness;
    this.#kept = kept;
    const sampled = { ...likeness, sample: new KnownContent(Buffer.from(bytes)) };
    this.#byPath.set(path, sampled);
    return sampled;
  }
}
