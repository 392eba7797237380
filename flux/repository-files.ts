/** The regular files of a repository, wherever they stand: in the index, a commit or a worktree. */
export interface RepositoryFiles {
  /** Repository-relative, `/`-separated; no symbolic links, which never reach Flux. */
  readonly paths: Iterable<string>;
  /** A file's content, or null where it cannot be read. */
  read(path: string): Uint8Array | null;
}

/**
 * Bytes of the largest file that Flux decrypts.
 *
 * @see maxEncryptedFileSize in kustomize-controller's internal/decryptor/decryptor.go
 */
export const MOST_ENCRYPTED = 5 * 1024 * 1024;

/**
 * What kustomize takes for a kustomization.
 *
 * @see RecognizedKustomizationFileNames in kustomize's api/konfig/general.go
 */
export const KUSTOMIZATION_NAMES: readonly string[] = [
  "kustomization.yaml",
  "kustomization.yml",
  "Kustomization",
];

/** Whether kustomize takes a file for a kustomization, by its name. */
export function isKustomizationFile(path: string): boolean {
  return KUSTOMIZATION_NAMES.includes(path.slice(path.lastIndexOf("/") + 1));
}

/** Files and the folders that they make. The top folder's path is empty. */
export class FileTree {
  readonly #files = new Set<string>();
  readonly #folders = new Map<string, Set<string>>([["", new Set()]]);

  constructor(paths: Iterable<string>) {
    for (const path of paths) this.#add(path);
  }

  isFile(path: string): boolean {
    return this.#files.has(path);
  }

  isFolder(path: string): boolean {
    return this.#folders.has(path);
  }

  /** What lies in a folder, by name; sorted, so that every run tells the same. */
  namesIn(folder: string): string[] {
    return [...(this.#folders.get(folder) ?? [])].sort();
  }

  /** The kustomizations of a folder: one, or the build fails. */
  kustomizationsIn(folder: string): string[] {
    return KUSTOMIZATION_NAMES.map((name) => inFolder(folder, name)).filter((path) =>
      this.#files.has(path),
    );
  }

  #add(path: string): void {
    this.#files.add(path);
    let child = path;
    for (;;) {
      const folder = folderOf(child);
      const isKnown = this.#folders.has(folder);
      const names = this.#folders.get(folder) ?? new Set();
      names.add(child.slice(folder === "" ? 0 : folder.length + 1));
      this.#folders.set(folder, names);
      if (isKnown) return;
      child = folder;
    }
  }
}

/** The folder that a path lies in. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** The path of a name in a folder. */
export function inFolder(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/** A path as it is written in a file of that folder; null where it leads out of the repository. */
export function pathFrom(folder: string, written: string): string | null {
  if (written.startsWith("/")) return null;
  const parts = folder === "" ? [] : folder.split("/");
  for (const part of written.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join("/");
}

/**
 * The folder that a Flux Kustomization's `spec.path` means. It cannot lead out of the source: what
 * would, ends at its top.
 *
 * @see securejoin.SecureJoin in kustomize-controller's reconciler
 */
export function sourceFolder(specPath: string): string {
  const parts: string[] = [];
  for (const part of specPath.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}
