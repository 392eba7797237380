import type { RepositoryFiles } from "../../flux/repository-files.ts";
import type { EncryptedFile } from "../../sops/encrypted-file.ts";
import { encryptedFile } from "../sops/encrypted-file.ts";
import {
  encryptedDocuments,
  mayBeEncrypted,
  mayHoldEncrypted,
  type EncryptedDocument,
} from "./decryption.ts";

/** What is encrypted in a repository's files. Each is looked at once, when it is asked for. */
export class EncryptedFiles {
  readonly #files: RepositoryFiles;
  readonly #encrypted = new Map<string, EncryptedFile | null>();
  readonly #documents = new Map<string, readonly EncryptedDocument[]>();

  constructor(files: RepositoryFiles) {
    this.#files = files;
  }

  /** The file as a whole; null where it is not encrypted. */
  file(path: string): EncryptedFile | null {
    const known = this.#encrypted.get(path);
    if (known !== undefined) return known;
    const bytes = this.#files.read(path);
    const found = bytes === null ? null : encryptedFile(path, bytes);
    this.#encrypted.set(path, found);
    return found;
  }

  /** The documents in it that are encrypted, where it is built as a resource. */
  documents(path: string): readonly EncryptedDocument[] {
    const known = this.#documents.get(path);
    if (known !== undefined) return known;
    const bytes = this.#files.read(path);
    const isSuspect = bytes !== null && (mayBeEncrypted(bytes) || mayHoldEncrypted(bytes));
    const found = isSuspect ? encryptedDocuments(bytes) : [];
    this.#documents.set(path, found);
    return found;
  }
}
