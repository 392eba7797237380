/** The environment without private keys: what other programs need not know. */
export function withoutKeys(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith("SOPS_AGE_KEY")),
  );
}
