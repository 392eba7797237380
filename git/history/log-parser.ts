import type { GitPath } from "../path.ts";
import { addedFile, LoggedCommit, LoggedFile, unexpected } from "./logged-commit.ts";

/** Takes commits out of chunks, one char per byte: fields that end in NUL. */
export class LogParser {
  #rest = "";
  #text: string | null = null;
  #files: LoggedFile[] = [];
  #removed: GitPath[] = [];
  /** What stood before the path that comes next; null where none does. */
  #raw: string | null = null;

  take(chunk: string): LoggedCommit[] {
    const fields = (this.#rest + chunk).split("\0");
    this.#rest = fields.pop() ?? "";
    const commits: LoggedCommit[] = [];
    for (const field of fields) {
      if (this.#raw !== null) {
        const oid = addedFile(this.#raw);
        if (oid === null) this.#removed.push(field as GitPath);
        else this.#files.push(new LoggedFile(oid, field as GitPath, this.#raw));
        this.#raw = null;
        continue;
      }
      // Between the message and what follows there is a newline, or an empty field.
      const text = field.startsWith("\n") ? field.slice(1) : field;
      if (text.startsWith(":")) this.#raw = text;
      else if (text !== "") {
        commits.push(...this.#commit());
        this.#text = text;
      }
    }
    return commits;
  }

  end(): LoggedCommit[] {
    if (this.#rest !== "" || this.#raw !== null) throw unexpected();
    return this.#commit();
  }

  /** What is whole when the next one begins. */
  #commit(): LoggedCommit[] {
    if (this.#text === null) return [];
    const commit = new LoggedCommit(this.#text, this.#files, this.#removed);
    this.#text = null;
    this.#files = [];
    this.#removed = [];
    return [commit];
  }
}
