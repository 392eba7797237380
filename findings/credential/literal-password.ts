/** What stands where a password is to be put in. */
export const PLACEHOLDER =
  /^(?:[x*.#_-]+|__[A-Z][A-Z0-9_]*__|<.*>|\[.*\]|your.*|my[-_ ]?(?:password|secret|token)|(?:change|replace|fill)[-_ ]?(?:me|this|it)?.*|todo.*|(?:(?:in|see|from|via)[-_ ])?1password|tbd|test|testing|example|placeholder[a-z_-]*\d{0,3}|(?:dummy|example|fake)[-_](?:[a-z]+[-_])*(?:key|password|secret|token)[-_]?\d{0,3}|(?:enter|insert|paste|put)[-_ ](?:[a-z]+[-_ ])+here\d{0,3}|redacted|dummy|anonymous|not[-_ ]?(?:needed|required|used)|(?:[a-z]+-){0,3}no[-_ ]?(?:key|auth)(?:[-_ ](?:needed|required))?|unused|ignored|generate|[\w-]{1,40}[-_]your[-_][\w-]{0,40}(?:here|token|key|password|secret)|[\w-]+-goes-here|none|null|nil|true|false|yes|no|on|off|enabled|disabled|default|secret|password|token|string|undefined)$/i;

/** Of a template or a format (`%s`, `%PASSWORD%`, and no `%2F`), or the word itself. */
const IN_PLACE_OF_PASSWORD = /[$<{]|%(?![0-9A-Fa-f]{2})|^(?:[A-Z_]+|pass|passwd)$/;

/** Whether what stands in a password's place within other text is one: of a URL, a header, a command. */
export function isLiteralPassword(text: string): boolean {
  return text.length >= 4 && !IN_PLACE_OF_PASSWORD.test(text) && !PLACEHOLDER.test(text);
}
