/** A ref that is to be pushed: a line of what git hands pre-push (githooks(5)). */
export interface PushedRef {
  /** A ref, or another name of a commit such as `HEAD` or `HEAD~1`. */
  readonly localRef: string;
  readonly localOid: string;
  readonly remoteRef: string;
  /** What the remote has there now, whether that is here or not; null when the ref is new. */
  readonly remoteOid: string | null;
}

/**
 * The refs that are to be pushed. Deletions send nothing and are left out.
 *
 * @param text git's lines `LOCAL-REF SP LOCAL-OID SP REMOTE-REF SP REMOTE-OID`
 */
export function parsePushLines(text: string): PushedRef[] {
  const refs: PushedRef[] = [];
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const match = /^(.*) ([0-9a-f]{40,64}) (.*) ([0-9a-f]{40,64})$/.exec(line);
    if (match === null) throw new PushLineError();
    const [, localRef = "", localOid = "", remoteRef = "", remoteOid = ""] = match;
    if (/^0+$/.test(localOid)) continue;
    refs.push({
      localRef,
      localOid,
      remoteRef,
      remoteOid: /^0+$/.test(remoteOid) ? null : remoteOid,
    });
  }
  return refs;
}

/** pre-push was not called as git calls it. */
export class PushLineError extends Error {
  override readonly name = "PushLineError";

  constructor() {
    super(
      "pre-push reads lines LOCAL-REF LOCAL-OID REMOTE-REF REMOTE-OID from its input, as git writes them",
    );
  }
}
