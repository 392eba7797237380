import tseslint from "typescript-eslint";

/**
 * The rooms of the house and what each may import (see ARCHITECTURE.md).
 * A room may always import itself; imports run downwards only.
 */
const rooms = {
  generators: ["scaffold"],
  cli: ["scaffold", "hooks", "findings", "sops", "git", "flux"],
  scaffold: ["sops", "git", "flux"],
  hooks: ["findings", "sops", "git", "flux"],
  findings: ["sops", "flux"],
  sops: [],
  git: [],
  flux: [],
};

/** Rooms that return values and throw typed errors: they never print, prompt or exit. */
const quietRooms = ["sops", "git", "flux", "findings", "scaffold"];

const everyRoom = [...Object.keys(rooms), "templates", "test", "bench"];

/**
 * Node (20.20 at least) keeps a made key's lock in its maker, which the collector of garbage may end while
 * the key is exported: then the process stands still for ever. Seen after some thousand pairs.
 */
const keyMakers = {
  name: "node:crypto",
  importNames: ["generateKeyPair", "generateKeyPairSync"],
  message: "It can hang: make the private key of random bytes (sops/age/x25519.ts).",
};

const directions = Object.entries(rooms).map(([room, allowed]) => {
  const forbidden = everyRoom.filter((other) => other !== room && !allowed.includes(other));
  return {
    files: [`${room}/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: [keyMakers],
          patterns: [
            {
              regex: `^(\\.\\./)+(${forbidden.join("|")})(/|$)`,
              message: `${room}/ may import only: ${[room, ...allowed].join(", ")} (ARCHITECTURE.md, "The rooms").`,
            },
          ],
        },
      ],
    },
  };
});

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "flux-homelab/", "coverage/", "test/fixtures/"] },
  ...tseslint.configs.strict,
  {
    rules: {
      eqeqeq: "error",
      "no-restricted-imports": [
        "error",
        { name: "fast-check", message: "import it from test/seeded-fast-check.ts" },
      ],
      "no-control-regex": "off",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  ...directions,
  {
    files: quietRooms.map((room) => `${room}/**/*.ts`),
    rules: {
      "no-console": "error",
      "no-restricted-properties": [
        "error",
        { object: "process", property: "exit", message: "Throw a typed error instead." },
        { object: "process", property: "stdout", message: "Return a value instead." },
        { object: "process", property: "stderr", message: "Return a value instead." },
      ],
    },
  },
);
