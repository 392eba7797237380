import { accessSync, constants } from "node:fs";
import { tmpdir } from "node:os";

/** A folder for plaintext: in memory where there is such a place, so that none reaches a disk. */
export function privatePlace(): string {
  for (const place of [process.env["XDG_RUNTIME_DIR"], "/dev/shm"]) {
    if (place === undefined || place === "") continue;
    try {
      accessSync(place, constants.W_OK | constants.X_OK);
      return place;
    } catch {
      // Not here.
    }
  }
  return tmpdir();
}
