import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { parse } from "yaml";
import { fluxBuild, type BuiltKustomization, type FluxBuildOptions } from "../flux-build.ts";
import type { Scaffolded } from "./scaffolded.ts";

/** Where the age identities of a scaffolded repository are. */
export function keyFileOf({ home }: Scaffolded): string {
  return join(home, ".config/sops/age/keys.txt");
}

/** What Flux makes of a cluster's folder, by the name of the Flux Kustomization. */
export function reconciled(
  repository: Scaffolded,
  cluster: string,
  options: FluxBuildOptions = { keyFile: keyFileOf(repository) },
): Map<string, BuiltKustomization> {
  const built = fluxBuild(repository.dir, `clusters/${cluster}`, { strict: true, ...options });
  return new Map(built.map((one) => [one.name.replace("flux-system/", ""), one]));
}

/** `Kind/namespace/name` of every object that is applied, sorted, by Flux Kustomization. */
export function objectsIn(
  built: ReadonlyMap<string, BuiltKustomization>,
): Record<string, string[]> {
  return Object.fromEntries(
    [...built].map(([name, { objects }]) => [
      name,
      objects
        .map(({ kind, metadata }) => [kind, metadata.namespace, metadata.name].filter(Boolean))
        .map((parts) => parts.join("/"))
        .sort(),
    ]),
  );
}

/** All is built and valid, each object once, and nothing is applied encrypted. */
export function isWhole(t: ExecutionContext, built: ReadonlyMap<string, BuiltKustomization>): void {
  for (const { name, status, error, ciphertext, invalid } of built.values()) {
    t.is(status, "built", `${name}: ${error}`);
    t.deepEqual(ciphertext, [], name);
    t.deepEqual(invalid, [], name);
  }
  const objects = Object.values(objectsIn(built)).flat();
  t.is(new Set(objects).size, objects.length, "an object has two owners");
  const paths = [...built.values()].slice(1).map(({ path }) => `${path}/`);
  for (const path of paths) {
    t.deepEqual(
      paths.filter((other) => other.startsWith(path)),
      [path],
      "a Flux Kustomization's path lies inside another's",
    );
  }
}

/** The Secrets are applied as the tool decrypts the files that hold them. */
export function secretsAreThose(
  t: ExecutionContext,
  repository: Scaffolded,
  built: BuiltKustomization | undefined,
): void {
  const { objects = [], files = [] } = built ?? {};
  const applied = objects.filter(({ kind }) => kind === "Secret");
  t.true(applied.length > 0);
  t.is(applied.length, files.length);
  for (const file of files) {
    const written = parse(repository.tool("decrypt", file).stdout) as (typeof applied)[number];
    const found = applied.find(({ metadata }) => metadata.name === written.metadata.name);
    t.deepEqual(found, written, file);
  }
}
