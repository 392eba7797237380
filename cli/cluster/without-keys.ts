/** The environment without private keys: what other programs need not know. */
export function withoutKeys(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("SOPS_AGE_KEY")),
  );
}
