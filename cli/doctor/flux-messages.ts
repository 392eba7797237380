/**
 * What the controller's messages about decryption mean. They are matched, never shown: some hold a value
 * of the file (`Input string … does not match sops' data format`).
 *
 * @see internal/decryptor/decryptor.go and internal/controller/kustomization_controller.go of
 *   kustomize-controller; aes/cipher.go and sops.go of sops
 */
const MESSAGES: readonly {
  readonly pattern: RegExp;
  readonly what: string;
  readonly remedy: string;
  /** The words say nothing of decryption by themselves. */
  readonly onlyWithDecryption?: true;
}[] = [
  {
    pattern: /is SOPS encrypted, configuring decryption is required/,
    what: "it builds an encrypted file, and has no decryption",
    remedy: "npx flux-sops map; add spec.decryption to it, or take the file out of its folder",
  },
  {
    pattern: /^secrets? "[^"]+" not found|cannot get sops (?:SOPS age )?decryption Secret/i,
    what: "the Secret with its keys is not there",
    remedy: "npx flux-sops bootstrap",
    onlyWithDecryption: true,
  },
  {
    pattern: /failed to import '[^']*' data from sops/,
    what: "an entry in the Secret with its keys is no age key",
    remedy: "make that Secret again: npx flux-sops bootstrap",
  },
  {
    pattern: /does not match sops' data format/,
    what: "somebody added a readable value to an encrypted file",
    remedy: "npx flux-sops check names it; git commit encrypts it",
  },
  {
    pattern: /cannot get sops data key|Failed to get the data key|no identity matched/i,
    what: "no key in the cluster opens a file",
    remedy: "npx flux-sops updatekeys -y clusters, commit and push",
  },
  {
    pattern: /failed to verify sops data integrity|MAC mismatch/,
    what: "a file was changed after it was encrypted",
    remedy: "npx flux-sops check names it",
  },
  {
    pattern:
      /cannot unmarshal (?:number|bool) into Go struct field Secret\.|expected string, got|ReadString: expects "/,
    what: "a number or a boolean in a Secret has no quotes",
    remedy: "npx flux-sops edit it, and quote the value",
    onlyWithDecryption: true,
  },
  {
    pattern: /decrypt|\bsops\b/i,
    what: "it cannot decrypt a file",
    remedy: "npx flux-sops check --require-verify; flux logs --kind=Kustomization",
  },
];

/**
 * What a message says about decryption; null where it is about something else.
 *
 * @param message of the condition Ready.
 * @param decrypts whether the Flux Kustomization has decryption.
 */
export function decryptionProblem(
  message: string,
  decrypts: boolean,
): { readonly what: string; readonly remedy: string } | null {
  return (
    MESSAGES.find(
      ({ pattern, onlyWithDecryption }) =>
        (decrypts || onlyWithDecryption !== true) && pattern.test(message),
    ) ?? null
  );
}
