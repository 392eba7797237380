/**
 * Where this engine and real sops 3.13.3 are known to differ, each with its reason. The generators
 * of random documents keep clear of these; everything else is compared.
 */
export const KNOWN_DIFFERENCES = [
  {
    what: "a float -0.0, or a timestamp, outside the encrypted part of a file whose MAC covers it",
    sops: "writes it in another form than it computed the MAC over, and cannot decrypt its own file",
    ours: "keeps the author's spelling, so that the MAC holds",
  },
  {
    what: "an unencrypted 1.10, 0777, 1e3, …",
    sops: "rewrites it as 1.1, 511, 1000",
    ours: "keeps the author's spelling; the MAC is the same",
  },
  {
    what: "text behind the closing bracket of a ciphertext",
    sops: "passes it over in silence",
    ours: "refuses the file: it may be a password somebody added",
  },
  {
    what: "a comment beside an empty mapping or list: `a: {} # note`",
    sops: "writes `{`, the comment and a `}` in the first column, which is no YAML by the specification",
    ours: "does not read what sops made of it (the file is refused with its line)",
  },
  {
    what: "a comment at a place where go-yaml loses comments",
    sops: "drops the comment for good when it rewrites the file",
    ours: "keeps it, encrypted where the part around it is",
  },
  {
    what: "a comment at the end of a file that has no line break at its end, left of the value before it",
    sops: "takes it into the mapping before it, and encrypts it there",
    ours: "lets its column decide",
  },
  {
    what: "encrypted_comment_regex in a list, where another comment follows the one that matches",
    sops: "writes the second comment as an item of the list, and cannot decrypt its own file",
    ours: "keeps it a comment, and reads what it wrote",
  },
  {
    what: "selection by a comment that stands in another column than what follows it",
    sops: "sometimes takes it for a foot of what comes after, and selects the value behind that",
    ours: "takes it for a comment on what follows",
  },
] as const;
