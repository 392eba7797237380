/**
 * Where this engine and real sops 3.13.3 are known to differ, each with its reason.
 * `known-differences.test.ts` holds examples against both, so that an entry that no longer is true is
 * noticed. Random documents meet some of these, too: the tests that compare them say where they pass one
 * over.
 */
export const KNOWN_DIFFERENCES = [
  {
    what: "a float -0.0 outside the encrypted part of a file whose MAC covers it",
    sops: "writes it in another form than it computed the MAC over, and cannot decrypt its own file",
    ours: "keeps the author's spelling, so that the MAC holds",
  },
  {
    what: "an unencrypted 1.10, 0777, 1e3, 2001-12-14, …",
    sops: "rewrites it as 1.1, 511, 1000, 2001-12-14T00:00:00Z",
    ours: "keeps the author's spelling; the MAC is the same",
  },
  {
    what: "text behind the closing bracket of a ciphertext",
    sops: "passes it over in silence",
    ours: "refuses the file: it may be a password somebody added",
  },
  {
    what: "an encrypted comment that was changed, so that it does not decrypt",
    sops: "leaves its ciphertext in the plaintext, with a warning",
    ours: "refuses the file: no changed byte goes unseen; `--ignore-mac` leaves it as sops does",
  },
  {
    what: "an encrypted comment that sops has put into another mapping than it encrypted it for",
    sops: "leaves its ciphertext in the plaintext, with a warning",
    ours: "decrypts it: some mapping or list of the file is the one that it was encrypted for",
  },
  {
    what: "a dotenv or INI value that was encrypted from text that is no UTF-8",
    sops: "gives the bytes back",
    ours: "refuses the file, and names the value and the reason",
  },
  {
    what: "a comment beside an empty mapping or list: `a: {} # note`, or below one and left of it",
    sops: "writes `{`, the comment and a `}` in the first column, which is no YAML by the specification",
    ours: "does not read what sops made of it (the file is refused with its line)",
  },
  {
    what: "a comment at a place where go-yaml loses comments",
    sops: "drops the comment for good when it rewrites the file",
    ours: "keeps it, encrypted where the part around it is",
  },
  {
    what: "a YAML file of comments alone",
    sops: "refuses it",
    ours: "encrypts them as in an empty mapping; sops decrypts that",
  },
  {
    what: "`...` twice in a row",
    sops: "reads them as one",
    ours: "refuses the file",
  },
  {
    what: "a YAML file of more than 400,000 words and marks that is not written in block style",
    sops: "reads it",
    ours: "refuses it: it would take hundreds of megabytes to read",
  },
  {
    what: "a comment at the end of a file that has no line break at its end, left of the value before it",
    sops: "takes it into the mapping before it, and encrypts it there",
    ours: "lets its column decide; refuses the file where the comment would, or by encrypted_comment_regex might, stay readable by that",
  },
  {
    what: "a comment at the end of a file, behind a list in the first column, that is indented",
    sops: "takes it into the list, and encrypts it if the list is",
    ours: "refuses the file where the list is encrypted; in the column of the dashes it does as sops",
  },
  {
    what: "a comment at the end of a file, behind a list that stays readable, where the top mapping is encrypted",
    sops: "takes it into the list, and leaves it readable",
    ours: "encrypts it: once the sops block follows, it stands in the top mapping; sops reads that",
  },
  {
    what: "an indented comment at the end of a file, with an empty line above it or left of a list",
    sops: "takes it into the top mapping, whatever its column",
    ours: "lets its column decide; refuses the file where it would stay readable by that, and not in the top mapping",
  },
  {
    what: "a comment left of what follows, below a block of text that ends in empty lines (`|+`)",
    sops: "writes the file anew, and puts the comment where it takes it to be",
    ours: "leaves it where it is, and refuses the file where it would be read elsewhere once the empty lines are in the ciphertext",
  },
  {
    what: "an indented comment below an empty line below another one, and then a key further left",
    sops: "takes it to that key, out of what it is indented in, and leaves it readable if that stays readable",
    ours: "refuses the file where what it is indented in is encrypted, and the comment would not be",
  },
  {
    what: "a readable block of text at the end of a file that has no line break at its end",
    sops: "keeps the value without a line break, with another header",
    ours: "keeps the header, so that the value has a line break once the sops block follows",
  },
  {
    what: "encrypted_comment_regex in a list, where another comment follows the one that matches",
    sops: "writes the second comment as an item of the list, and cannot decrypt its own file",
    ours: "keeps it a comment, and reads what it wrote",
  },
  {
    what: "selection by a comment that stands in another column than what follows it, or has an empty line or a `---` behind it",
    sops: "sometimes takes it for a foot of what comes before or after, and selects the value behind that: it cannot decrypt some of these files of ours, nor some of its own",
    ours: "takes it for a comment on what follows; refuses the file where one matches that sops may take so that something encrypted would stay readable",
  },
  {
    what: "a comment in another column than one above it, below a list in a list; one beside or above the `:` of a `? key`, where another stands above the `:`",
    sops: "takes it to a mapping around, or to what follows, and leaves the ciphertext of ours in the plaintext",
    ours: "lets its column decide",
  },
  {
    what: "a comment right below a `---` that a `...` or a comment stands before, with an empty line below it, and then a flow collection",
    sops: "takes it for a foot of the document before, and the next comment into the flow collection",
    ours: "takes it to the document that follows, and the next one out of the collection; refuses the file where that one would stay readable and the collection is encrypted",
  },
  {
    what: "YAML that only go-yaml refuses, where a ciphertext takes its place: escapes like `\\/` and `\\ud83d\\ude00`, a tab before the one line of a block",
    sops: "refuses the file",
    ours: "encrypts it, and gives the author's spelling back; sops and Flux decrypt ours",
  },
  {
    what: "YAML that only go-yaml refuses, and that would stay: a tab in an indentation, on an empty line or behind a `-`, `?` or `:` that begins a line, such an escape, a `:` on another line than its key, names of anchors with other characters than letters, digits, `-` and `_`",
    sops: "refuses the file",
    ours: "reads it, but refuses to encrypt it, with the line and what to write: neither sops nor Flux could decrypt ours",
  },
  {
    what: "a byte order mark at the beginning of another line than the first, a tag with a comma right behind it",
    sops: "takes the mark into the key, or the comma into the tag",
    ours: "refuses to encrypt the file",
  },
  {
    what: "a text or key of several lines that begins with a tab",
    sops: "decrypts it to null, in its own file, too",
    ours: "refuses to encrypt it in YAML: a later `sops edit` would lose it for good",
  },
  {
    what: "YAML that go-yaml reads as something else than the specification: U+0085, U+2028, U+2029 or a lone carriage return, a `?` or `b:,` in a flow collection, lines of spaces below a block of text",
    sops: "reads line breaks, keys and text there",
    ours: "refuses the file",
  },
  {
    what: "tags: `!!int`, `!!binary`, `!custom`, …, and `!!map` or `!!seq` on nothing",
    sops: "encrypts what they stand for, and drops the tag",
    ours: "refuses the file; `!!str`, `!` and `!!merge` it reads",
  },
  {
    what: "an alias of a mapping or list in an encrypted part, or a readable one of something encrypted",
    sops: "writes it out, each place with a ciphertext of its own",
    ours: "refuses the file; an alias of a single value becomes a ciphertext, and comes back",
  },
  {
    what: "a comment without text in a list that is encrypted",
    sops: "makes an empty text of it, one more item, also when it decrypts ours",
    ours: "refuses the file",
  },
  {
    what: "`<<` in quotes, as a key for text",
    sops: "writes it without quotes, and cannot read its own file",
    ours: "keeps the quotes",
  },
  {
    what: "a text of several lines in a list that begins with spaces or a line break, where sops writes it readable",
    sops: "writes a block with too few spaces, which is no YAML or another text, and cannot read it again",
    ours: "keeps the author's spelling",
  },
  {
    what: "JSON: text behind the top object, or a text that is cut short behind a colon",
    sops: "reads what comes before it, and drops the rest",
    ours: "refuses the file: what follows would be lost, or stay readable",
  },
  {
    what: "JSON and YAML: a spelling that the value does not give back (`\\u00e9`, 1.10, 1e3, a folded block), encrypted",
    sops: "decrypts it to é, 1.1, 1000; an integer beyond 64 bits loses digits",
    ours: "records the author's spelling, encrypted, under `flux_sops_spelling` in the sops block, which sops passes over and drops when it rewrites the file",
  },
  {
    what: "text in a JSON, dotenv, INI or YAML file that is no UTF-8",
    sops: "replaces it in JSON, and passes it on in dotenv and INI",
    ours: "refuses the file; a binary file may hold any bytes",
  },
  {
    what: "binary: a file that is encrypted already, or that was and is damaged",
    sops: "encrypts it once more",
    ours: "refuses it",
  },
  {
    what: "INI: a key that stands twice in a section",
    sops: "keeps only the last",
    ours: "refuses the file",
  },
  {
    what: "INI: text behind a section's name or behind a value's closing quotes",
    sops: "drops it",
    ours: "refuses the file, but for a comment behind quotes, which is encrypted",
  },
  {
    what: "INI: comments behind the last key, and behind quotes that close on the line they began on",
    sops: "drops them",
    ours: "keeps them, encrypted where the section is",
  },
  {
    what: "INI: a comment whose first line is empty",
    sops: "crashes when it decrypts its own file",
    ours: "keeps it; sops can decrypt ours where the comment is encrypted",
  },
  {
    what: "INI: keys without a name (`- = x`), a readable value with quotes inside quotes or a `\\` before a comment",
    sops: "writes them so that it reads something else, or finds the MAC wrong",
    ours: "keeps the author's spelling",
  },
  {
    what: "INI: a value continued over several lines with `\\`",
    sops: "decrypts it to one line",
    ours: "records the author's spelling, as in JSON",
  },
  {
    what: "INI: Windows line ends between the lines of one comment",
    sops: "takes the carriage return into the comment's text",
    ours: "leaves it where it is",
  },
  {
    what: "a number or boolean that sops encrypted into a dotenv or INI file from another format, back in another",
    sops: "remembers its type, which is in the token",
    ours: "takes it for text, as the decrypted file shows it",
  },
  {
    what: "a text with a backslash, decrypted to dotenv or INI",
    sops: "writes it so that it reads as another one: a line break, or a continued line",
    ours: "quotes it in INI where it can; refuses it where the format has no spelling for it",
  },
  {
    what: "a text in a list that begins with a line break, decrypted to YAML from another format",
    sops: "writes `|4-` and too few spaces, which is no YAML, and which it cannot read itself",
    ours: "writes the block so that it reads as the text",
  },
  {
    what: "selection by comment: a comment at a document's end, and below the next --- one with an empty line below it",
    sops: "loses the first, so that it covers nothing, and makes the second the last one of the document before",
    ours: "keeps both; refuses the file where the first matches",
  },
  {
    what: "null, or a number of more than six digits with a fraction, decrypted to dotenv or INI",
    sops: "writes <nil>, and 1.2345675E+06",
    ours: "writes null, and 1234567.5",
  },
  {
    what: "set and unset: a position in a list that holds comments",
    sops: "counts the comments, and puts the value in the place of one",
    ours: "counts the items only",
  },
  {
    what: "set: a list as the value",
    sops: "refuses it, but inside a mapping",
    ours: "takes it",
  },
  {
    what: "set: a number, where the file is dotenv or INI",
    sops: "writes 5.0 for 5",
    ours: "writes 5",
  },
  {
    what: "set: null, or in INI a mapping below a key; in a binary file what is no text; unset of its data",
    sops: "writes a file that it cannot decrypt",
    ours: "refuses it",
  },
  {
    what: "set and unset: a position in a mapping, or a key in a list",
    sops: "does nothing and says nothing, or crashes",
    ours: "refuses it",
  },
  {
    what: "set without --idempotent: a value that is there already",
    sops: "signs the file anew",
    ours: "leaves the file as it is",
  },
  {
    what: "unset in INI: the comment lines above a key",
    sops: "gives them to the key before it, in the place of that one's own",
    ours: "takes them out with their key",
  },
] as const;
