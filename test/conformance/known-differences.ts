import type { Format } from "../../sops/format.ts";
import type { Selection } from "../../sops/selection/selection-option.ts";

/** A file on which the two part, when each encrypts it and decrypts what came of that. */
export interface Example {
  readonly text: string | Buffer;
  /** YAML where none is named. */
  readonly format?: Format;
  readonly selection?: Selection;
  readonly macOnlyEncrypted?: true;
  /** Set where it is encrypted as a file of another format, or decrypted to one. */
  readonly encryptedAs?: Format;
  readonly to?: Format;
  /** Set where both decrypt what sops has encrypted. */
  readonly encryptedBy?: "sops";
  /** What somebody does to the encrypted file by hand. */
  readonly change?: (encrypted: string) => string;
  /** A path and a value in JSON, or a path, for the commands of these names. */
  readonly set?: readonly [path: string, value: string];
  readonly unset?: string;
  /** What is looked at: the plaintext, the ciphertext, or whether `set` did anything to that. */
  readonly shows?: "plaintext" | "ciphertext" | "change";
  /** A match for what sops shows; `unreadable` where it cannot decrypt its own file. */
  readonly sops: "refused" | "unreadable" | RegExp;
  /** The same of us; `same` where the text comes back. */
  readonly ours: "refused" | "same" | RegExp;
  /** A match for what sops decrypts of the file that we encrypted. */
  readonly sopsReads?: RegExp;
}

interface KnownDifference {
  readonly what: string;
  readonly sops: string;
  readonly ours: string;
  readonly examples: readonly [Example, ...Example[]];
}

/**
 * Where this engine and real sops 3.13.3 are known to differ, each with its reason, and with examples that
 * `known-differences.test.ts` tries with both, so that an entry that no longer is true is noticed. Random documents meet some of these, too: the tests that compare them say where they pass one
 * over.
 */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    what: "a float -0.0 outside the encrypted part of a file whose MAC covers it",
    sops: "writes it in another form than it computed the MAC over, and cannot decrypt its own file",
    ours: "keeps the author's spelling, so that the MAC holds",
    examples: [{ text: "a_unencrypted: -0.0\nb: x\n", sops: "unreadable", ours: "same" }],
  },
  {
    what: "an unencrypted 1.10, 0777, 1e3, 2001-12-14, …",
    sops: "rewrites it as 1.1, 511, 1000, 2001-12-14T00:00:00Z",
    ours: "keeps the author's spelling; the MAC is the same",
    examples: [
      {
        text: "a_unencrypted: 1.10\nb_unencrypted: 0777\nc_unencrypted: 2001-12-14\n",
        sops: /^a_unencrypted: 1.1\nb_unencrypted: 511\nc_unencrypted: 2001-12-14T00:00:00Z$/m,
        ours: "same",
      },
    ],
  },
  {
    what: "text behind the closing bracket of a ciphertext",
    sops: "passes it over in silence",
    ours: "refuses the file: it may be a password somebody added",
    examples: [
      {
        text: "a: x\n",
        change: (encrypted) => encrypted.replace("type:str]", "type:str] hunter2"),
        sops: /^a: x$/m,
        ours: "refused",
      },
    ],
  },
  {
    what: "an age entry without a recipient, or an empty one beside another",
    sops: "reads it",
    ours: "refuses the file: it would not be told to whom it is encrypted",
    examples: [
      {
        text: "a: x\n",
        change: (encrypted) => encrypted.replace(/^ +recipient: .*\n/m, ""),
        sops: /^a: x$/m,
        ours: "refused",
      },
    ],
  },
  {
    what: "an encrypted comment that was changed, so that it does not decrypt",
    sops: "leaves its ciphertext in the plaintext, with a warning",
    ours: "refuses the file: no changed byte goes unseen; `--ignore-mac` leaves it as sops does",
    examples: [
      {
        text: "a: x\n# note\nb: y\n",
        change: (encrypted) =>
          encrypted.replace(
            /(#ENC.*tag:)(.)/,
            (_, before: string, first: string) => before + (first === "A" ? "B" : "A"),
          ),
        sops: /^#ENC\[/m,
        ours: "refused",
      },
    ],
  },
  {
    what: "an encrypted comment that sops has put into another mapping than it encrypted it for",
    sops: "leaves its ciphertext in the plaintext, with a warning",
    ours: "decrypts it: some mapping or list of the file is the one that it was encrypted for; edited, the file has it encrypted for where it stands",
    examples: [
      {
        text: "a:\n  b: {c: []}\n# note",
        encryptedBy: "sops",
        sops: /#ENC\[/,
        ours: /# note/,
      },
    ],
  },
  {
    what: "a dotenv or INI value that was encrypted from text that is no UTF-8",
    sops: "gives the bytes back",
    ours: "refuses the file, and names the value and the reason",
    examples: [
      {
        text: Buffer.from("a=\xff\n", "latin1"),
        format: "dotenv",
        encryptedBy: "sops",
        sops: /^a=\ufffd$/m,
        ours: "refused",
      },
    ],
  },
  {
    what: "a comment beside an empty mapping, or above it behind a `?` key: `a: {} # note`",
    sops: "writes `{`, the comment and a `}` in the first column, which is no YAML by the specification, and loses the comment when it reads that",
    ours: "leaves it where it is; reads what sops made of it, comment and all",
    examples: [
      {
        text: "a:\n  b: {} # note\nc: x\n",
        encryptedBy: "sops",
        sops: /^ +b: \{\}$/m,
        ours: /^ +b: \{\n +# note\n\}$/m,
        sopsReads: /^ +b: \{\n +# note\n\}$/m,
      },
    ],
  },
  {
    what: "a comment at a place where go-yaml loses comments",
    sops: "drops the comment for good when it rewrites the file",
    ours: "keeps it, encrypted where the part around it is",
    examples: [{ text: "a: [ # note\n  b]\n", sops: /^(?!.*note)/s, ours: "same" }],
  },
  {
    what: "a comment above an empty item of a list (`-` with nothing behind it)",
    sops: "takes it to what follows the item, out of a list that ends there, or loses it; in ours it is ciphertext to it, with a warning",
    ours: "takes it for a comment in the list, encrypted where that is",
    examples: [
      {
        text: "a:\n  # note\n  -\nb: c\n",
        sops: /^a:\n +- null\n# note\nb: c$/m,
        ours: "same",
        sopsReads: /^a:\n +- null\n#ENC\[/m,
      },
    ],
  },
  {
    what: "a YAML document whose keys are all indented",
    sops: "writes it anew in the first column",
    ours: "refuses the file: no sops block could stand beside its keys",
    examples: [{ text: "  a: x\n  b: y\n", sops: /^a: x$/m, ours: "refused" }],
  },
  {
    what: "a YAML file of comments alone",
    sops: "refuses it",
    ours: "encrypts them as in an empty mapping; sops decrypts that",
    examples: [{ text: "# note\n", sops: "refused", ours: "same" }],
  },
  {
    what: "`...` twice in a row",
    sops: "reads them as one",
    ours: "refuses the file",
    examples: [
      { text: "a: x\n...\n...\n---\nb: x\n", sops: /^a: x\n---\nb: x$/m, ours: "refused" },
    ],
  },
  {
    what: "a YAML file of more than 400,000 words and marks that is not written in block style",
    sops: "reads it",
    ours: "refuses it: it would take hundreds of megabytes to read",
    examples: [
      {
        text: `a_unencrypted: [${"x,".repeat(200_001)}]\n`,
        sops: /^ +- x$/m,
        ours: "refused",
      },
    ],
  },
  {
    what: "a comment at the end of a file that has no line break at its end, left of the value before it",
    sops: "takes it into the mapping before it, and encrypts it there",
    ours: "lets its column decide; refuses the file where the comment would, or by encrypted_comment_regex might, stay readable by that",
    examples: [
      {
        text: "data:\n  a: x\n# note",
        selection: { option: "encrypted_regex", pattern: "^data$" },
        shows: "ciphertext",
        sops: /#ENC\[/,
        ours: "refused",
      },
    ],
  },
  {
    what: "a comment at the end of a file, behind a list in the first column, that is indented",
    sops: "takes it into the list, and encrypts it if the list is",
    ours: "refuses the file where the list is encrypted; in the column of the dashes it does as sops",
    examples: [
      {
        text: "data:\n- a\n  # note\n",
        selection: { option: "encrypted_regex", pattern: "^data$" },
        shows: "ciphertext",
        sops: /^(?!.*# note).*type:comment\]/s,
        ours: "refused",
      },
    ],
  },
  {
    what: "a comment at the end of a file, behind a list that stays readable, where the top mapping is encrypted",
    sops: "takes it into the list, and leaves it readable",
    ours: "encrypts it: once the sops block follows, it stands in the top mapping; sops reads that",
    examples: [
      {
        text: "data:\n- a\n# note\n",
        selection: { option: "unencrypted_regex", pattern: "^data$" },
        shows: "ciphertext",
        sops: /# note/,
        ours: /^(?!.*# note).*type:comment\]/s,
      },
    ],
  },
  {
    what: "an indented comment at the end of a file, with an empty line above it or left of a list",
    sops: "takes it into the top mapping, whatever its column",
    ours: "lets its column decide; refuses the file where it would stay readable by that, and not in the top mapping",
    examples: [
      {
        text: "data:\n  a: x\n\n  # note\n",
        selection: { option: "encrypted_regex", pattern: "^data$" },
        shows: "ciphertext",
        sops: /# note/,
        ours: /^(?!.*# note).*type:comment\]/s,
      },
      {
        text: "data:\n  a: x\n\n  # note\n",
        selection: { option: "unencrypted_regex", pattern: "^data$" },
        shows: "ciphertext",
        sops: /^(?!.*# note).*type:comment\]/s,
        ours: "refused",
      },
    ],
  },
  {
    what: "a comment left of what follows, below a block of text that ends in empty lines (`|+`)",
    sops: "writes the file anew, and puts the comment where it takes it to be",
    ours: "leaves it where it is, and refuses the file where it would be read elsewhere once the empty lines are in the ciphertext",
    examples: [
      {
        text: "o:\n  b1:\n    c: |+\n      kept\n\n# note\n\n  d: x\n",
        selection: { option: "encrypted_suffix", pattern: "1" },
        sops: /# note/,
        ours: "refused",
      },
    ],
  },
  {
    what: "an indented comment below an empty line below another one, and then a key further left",
    sops: "takes it to that key, out of what it is indented in, and leaves it readable if that stays readable",
    ours: "refuses the file where what it is indented in is encrypted, and the comment would not be",
    examples: [
      {
        text: "data:\n  a: x\n  # note 1\n\n  # note 2\nb: y\n",
        selection: { option: "encrypted_regex", pattern: "^data$" },
        shows: "ciphertext",
        sops: /# note 2/,
        ours: "refused",
      },
    ],
  },
  {
    what: "a readable block of text at the end of a file that has no line break at its end",
    sops: "keeps the value without a line break, with another header",
    ours: "keeps the header, so that the value has a line break once the sops block follows",
    examples: [{ text: "a_unencrypted: |\n  x", sops: /^a_unencrypted: x$/m, ours: "same" }],
  },
  {
    what: "encrypted_comment_regex in a list, where another comment follows the one that matches",
    sops: "writes the second comment as an item of the list, and cannot decrypt its own file",
    ours: "keeps it a comment, and reads what it wrote",
    examples: [
      {
        text: "d:\n  # secret\n  # note\n  - a\n",
        selection: { option: "encrypted_comment_regex", pattern: "secret" },
        sops: "unreadable",
        ours: "same",
      },
    ],
  },
  {
    what: "selection by a comment that stands in another column than what follows it, beside a dash, or has an empty line or a `---` behind it",
    sops: "sometimes takes it for a foot of what comes before or after, and selects the value behind that: it cannot decrypt some of these files of ours, nor some of its own",
    ours: "takes it for a comment on what follows; refuses the file where one matches that sops may take to be on something else",
    examples: [
      {
        text: "d:\n  - a: x\n    b: y\n  # secret\n\n  # note\n  - c\n  - d\n",
        selection: { option: "encrypted_comment_regex", pattern: "secret" },
        shows: "ciphertext",
        sops: /^ +- c\n +# secret\n +- ENC/m,
        ours: "refused",
      },
      {
        text: "d:\n  - # secret\n    a: x\n    b: y\n",
        selection: { option: "encrypted_comment_regex", pattern: "secret" },
        sops: "unreadable",
        ours: "refused",
      },
    ],
  },
  {
    what: "a comment right below a `---` that a `...` or a comment stands before, with an empty line below it, and then a flow collection",
    sops: "takes it for a foot of the document before, and the next comment into the flow collection",
    ours: "takes it to the document that follows, and the next one out of the collection; refuses the file where that one would stay readable and the collection is encrypted",
    examples: [
      {
        text: "\n---\n# note 1\n\ndata: {b: y}\n# note 2\n\nc: z\n",
        selection: { option: "encrypted_regex", pattern: "^data$" },
        sops: /^data:\n +b: "y"\n +# note 2\n# note 1$/m,
        ours: "refused",
      },
    ],
  },
  {
    what: "a comment with an empty line or a Windows line end behind it, above the `:` of a `? key`, below a `-` or an anchor alone on its line, or left of a mapping's first key, and then a flow collection",
    sops: "takes it for a foot of the key, and the next comment below the flow collection into that; it cannot decrypt that one of ours where it is encrypted as the mapping's around",
    ours: "refuses the file where the two are not encrypted alike",
    examples: [
      {
        text: "x:\r\n  ? data\r\n  # note 1\r\n  : {b: y}\r\n  # note 2\r\n",
        selection: { option: "encrypted_regex", pattern: "^data$" },
        sops: /^ +data:\n +b: "y"\n +# note 2\n +# note 1$/m,
        ours: "refused",
      },
      {
        text: "x:\n  y:\n# note 1\n\n    data: {b: y}\n    # note 2\n\n    c: z\n",
        selection: { option: "encrypted_regex", pattern: "^data$" },
        sops: /data:\n +b: "y"\n +# note 2\n +# note 1$/m,
        ours: "refused",
      },
      {
        text: "x:\r\n- &a\r\n  # note 1\r\n  data: {b: y}\r\n  # note 2\r\nz: 1\r\n",
        selection: { option: "encrypted_regex", pattern: "^data$" },
        sops: /data:\n +b: "y"\n +# note 2\n +# note 1$/m,
        ours: "refused",
      },
    ],
  },
  {
    what: "YAML that only go-yaml refuses, where a ciphertext takes its place: escapes like `\\/` and `\\ud83d\\ude00`, a tab before the one line of a block",
    sops: "refuses the file",
    ours: "encrypts it, and gives the author's spelling back; sops and Flux decrypt ours",
    examples: [
      { text: 'a: "\\ud83d\\ude00"\n', sops: "refused", ours: "same" },
      { text: 'a: "x\\/y"\n', sops: "refused", ours: "same" },
      { text: "a: |-\n  \tx\n", sops: "refused", ours: "same" },
    ],
  },
  {
    what: "a byte order mark at the beginning of another line than the first or in a comment, a tag with a comma right behind it, an anchor with one of `?%@` in its name",
    sops: "takes the mark into the key, where it does not lose its place behind one in a comment; the comma into the tag, and a part of the name into the value",
    ours: "refuses to encrypt the file",
    examples: [
      { text: "a: x # b\ufeffc\n", sops: /^# b\ufeffc\na: x$/m, ours: "refused" },
      { text: "a: &b?c x\n", sops: /^a: \?c x$/m, ours: "refused" },
      { text: "a: x\n\ufeffb: y\n", sops: /^"\\uFEFF\\x62": "y"$/m, ours: "refused" },
      { text: "a: [!!str, b]\n", sops: /^a:\n +- b$/m, ours: "refused" },
    ],
  },
  {
    what: "a text or key of several lines that begins with a tab, such as a block of tabs alone",
    sops: "writes null in its place when it decrypts a YAML file; readable, it writes null at once and finds the MAC wrong. Flux does not decrypt such a file",
    ours: "refuses to encrypt the file; decrypts one of sops's to the text",
    examples: [
      { text: 'a: "\\tx\\ny"\n', sops: /^a: null$/m, ours: "refused" },
      { text: "a: |2\n  \t\nb: x\n", sops: /^a: null$/m, ours: "refused" },
      {
        text: "a_unencrypted: |2\n  \tx\n  y\nb: x\n",
        sops: "unreadable",
        ours: "refused",
      },
      { text: '? "\\tx\\ny"\n: z\n', sops: "unreadable", ours: "refused" },
    ],
  },
  {
    what: "YAML that go-yaml reads as something else than the specification: U+0085, U+2028, U+2029 or a lone carriage return, a `?`, `b:,` or `b :{` in a flow collection, lines of spaces below a block of text",
    sops: "reads line breaks, keys and text there",
    ours: "refuses the file",
    examples: [{ text: "a: x\u2028b: y\n", sops: /b: "y"/, ours: "refused" }],
  },
  {
    what: "tags: `!!int`, `!!binary`, `!custom`, …, and `!!map` or `!!seq` on nothing",
    sops: "encrypts what they stand for, and drops the tag",
    ours: "refuses the file; `!!str`, `!` and `!!merge` it reads, and keeps a tag of a list or mapping",
    examples: [
      { text: "a: !!int 1\n", sops: /^a: 1$/m, ours: "refused" },
      {
        text: "a: !!omap [b: c]\nd: !!pairs\n- e: f\ng: !!set {h: i}\n",
        sops: /^a:\n +- b: c\nd:\n +- e: f\ng:\n +h: i$/m,
        ours: "same",
        sopsReads: /^a:\n +- b: c\nd:\n +- e: f\ng:\n +h: i$/m,
      },
    ],
  },
  {
    what: "an alias of a mapping or list in an encrypted part, or a readable one of something encrypted",
    sops: "writes it out, each place with a ciphertext of its own",
    ours: "refuses the file; an alias of a single value becomes a ciphertext, and comes back",
    examples: [{ text: "a: &x {b: c}\nd: *x\n", sops: /^d:\n +b: c$/m, ours: "refused" }],
  },
  {
    what: "a comment without text in a list that is encrypted",
    sops: "makes an empty text of it, one more item, also when it decrypts ours",
    ours: "refuses the file",
    examples: [{ text: "d:\n  #\n  - a\n", sops: /^ +- ""$/m, ours: "refused" }],
  },
  {
    what: "`<<` in quotes, as a key for text",
    sops: "writes it without quotes, and cannot read its own file",
    ours: "keeps the quotes",
    examples: [{ text: '"<<": x\na: y\n', sops: "unreadable", ours: "same" }],
  },
  {
    what: "a text of several lines in a list that begins with spaces or a line break, where sops writes it readable",
    sops: "writes a block with too few spaces, which is no YAML or another text, and cannot read it again",
    ours: "keeps the author's spelling",
    examples: [{ text: 'd_unencrypted:\n  - "\\n  x\\ny"\n', sops: "unreadable", ours: "same" }],
  },
  {
    what: "JSON: text behind the top object, or a text that is cut short behind a colon",
    sops: "reads what comes before it, and drops the rest",
    ours: "refuses the file: what follows would be lost, or stay readable",
    examples: [
      { text: '{"a": "x"} y', format: "json", sops: /^\{\s+"a": "x"\s+\}\s*$/, ours: "refused" },
    ],
  },
  {
    what: "JSON and YAML: a spelling that the value does not give back (`\\u00e9`, 1.10, 1e3, a folded block), encrypted",
    sops: "decrypts it to é, 1.1, 1000; an integer beyond 64 bits loses digits",
    ours: "records the author's spelling, encrypted, under `flux_sops_spelling` in the sops block, which sops passes over and drops when it rewrites the file",
    examples: [
      {
        text: '{"a": "\\u00e9", "b": 1.10, "c": 1e3}',
        format: "json",
        sops: /"a": "é",\s+"b": 1.1,\s+"c": 1000\s/,
        ours: "same",
      },
      { text: "a: >\n  x\n  y\nb: 1.10\n", sops: /^a: \|\n +x y\nb: 1.1$/m, ours: "same" },
    ],
  },
  {
    what: "text in a JSON, dotenv, INI or YAML file that is no UTF-8",
    sops: "replaces it in JSON, and passes it on in dotenv and INI",
    ours: "refuses the file; a binary file may hold any bytes",
    examples: [
      {
        text: Buffer.from('{"a": "\xff"}', "latin1"),
        format: "json",
        sops: /"a": "\ufffd"/,
        ours: "refused",
      },
      { text: Buffer.from("a=\xff\n", "latin1"), format: "dotenv", sops: /^a=/, ours: "refused" },
    ],
  },
  {
    what: "binary: a file that is encrypted already, or that was and is damaged",
    sops: "encrypts it once more",
    ours: "refuses it",
    examples: [
      {
        text: '{"data": "x", "sops": {"mac": "ENC[x]"}}',
        format: "binary",
        sops: /"sops"/,
        ours: "refused",
      },
    ],
  },
  {
    what: "binary: an encrypted file that holds more than data, such as a JSON file of another name",
    sops: "decrypts it to what is at data, and drops the rest where it writes the file",
    ours: "refuses it, and says to name its format",
    examples: [
      {
        text: '{"data": "x", "other": "y"}',
        format: "json",
        encryptedAs: "binary",
        encryptedBy: "sops",
        sops: /^x$/,
        ours: "refused",
      },
    ],
  },
  {
    what: "INI: a key that stands twice in a section",
    sops: "keeps only the last",
    ours: "refuses the file",
    examples: [
      { text: "[s]\na = x\na = y\n", format: "ini", sops: /^\[s\]\na = y\n*$/, ours: "refused" },
    ],
  },
  {
    what: "INI: text behind a section's name or behind a value's closing quotes",
    sops: "drops it",
    ours: "refuses the file, but for a comment behind quotes, which is encrypted",
    examples: [
      { text: "[s] t\na = x\n", format: "ini", sops: /^\[s\]\na = x\n*$/, ours: "refused" },
      { text: "[s]\na = `x` t\n", format: "ini", sops: /^\[s\]\na = x\n*$/, ours: "refused" },
      { text: "[s]\na = `x` ; note\n", format: "ini", sops: /^(?!.*note)/s, ours: "same" },
    ],
  },
  {
    what: "INI: comments behind the last key, and behind quotes that close on the line they began on",
    sops: "drops them",
    ours: "keeps them, encrypted where the section is",
    examples: [{ text: "[s]\na = x\n; note\n", format: "ini", sops: /^(?!.*note)/s, ours: "same" }],
  },
  {
    what: "INI: a comment whose first line is empty",
    sops: "crashes when it decrypts its own file",
    ours: "keeps it; sops can decrypt ours where the comment is encrypted",
    examples: [{ text: "#\n# note\na = 1\n", format: "ini", sops: "unreadable", ours: "same" }],
  },
  {
    what: "INI: keys without a name (`- = x`), a readable value with quotes inside quotes, a `\\` at its end, or one before a comment",
    sops: "writes them so that it reads something else: it finds the MAC wrong or, where that does not cover them, gives back another value",
    ours: "keeps the author's spelling",
    examples: [
      { text: "a_unencrypted = x\\\\\n", format: "ini", sops: "unreadable", ours: "same" },
      { text: "[s]\n- = x\n", format: "ini", sops: "unreadable", ours: "same" },
      { text: "a_unencrypted = '\"x\"'\n", format: "ini", sops: "unreadable", ours: "same" },
      { text: "a_unencrypted = '\" '\n", format: "ini", sops: "unreadable", ours: "same" },
      {
        text: "a_unencrypted = '\" '\nb = x\n",
        format: "ini",
        macOnlyEncrypted: true,
        sops: /^a_unencrypted = "" "$/m,
        ours: "same",
      },
    ],
  },
  {
    what: 'INI: a key with a backtick and one of `"`, `=` and `:`',
    sops: "puts it into backticks, and then reads it up to the first one",
    ours: "keeps the author's spelling",
    examples: [{ text: '[s]\na"`b = x\n', format: "ini", sops: "unreadable", ours: "same" }],
  },
  {
    what: "INI: a value continued over several lines with `\\`",
    sops: "decrypts it to one line",
    ours: "records the author's spelling, as in JSON",
    examples: [{ text: "[s]\na = x \\\n  y\n", format: "ini", sops: /^a = x y$/m, ours: "same" }],
  },
  {
    what: "INI: a readable comment that begins with `;#` or `#;`",
    sops: "takes one of the marks off each time that it writes the file",
    ours: "keeps the comment as it is",
    examples: [
      {
        text: "[s]\n;#note\na = x\n",
        format: "ini",
        selection: { option: "encrypted_suffix", pattern: "a" },
        sops: /^; note$/m,
        ours: "same",
      },
    ],
  },
  {
    what: "INI: Windows line ends, and other white space, between the lines of one comment",
    sops: "takes it into the comment's text, and above a key drops the spaces when it writes that",
    ours: "leaves it where it is",
    examples: [
      {
        text: "; x\r\n; y\r\n; z\r\n[s]\r\na = 1\r\n",
        format: "ini",
        sops: /^; x\r$/m,
        ours: "same",
      },
      { text: "[s]\n; x \n; y\na = 1\n", format: "ini", sops: /^; x\n; y$/m, ours: "same" },
    ],
  },
  {
    what: "an INI file in another format: no key before its first section, or a section's name twice",
    sops: "begins with an empty DEFAULT; writes the section twice",
    ours: "leaves DEFAULT out; makes one section of the two",
    examples: [
      {
        text: "[s]\na = x\n[t]\n[s]\nb = y\n",
        format: "ini",
        to: "json",
        sops: /^\{\s+"DEFAULT": \{\},\s+"s": \{\s+"a": "x"\s+\},\s+"t": \{\},\s+"s": \{/,
        ours: /^\{\s+"s": \{\s+"a": "x",\s+"b": "y"\s+\},\s+"t": \{\}\s+\}\s*$/,
      },
    ],
  },
  {
    what: "a text with a backslash, decrypted to dotenv or INI, or set there",
    sops: "writes it so that it reads as another one: a line break, or a continued line",
    ours: "quotes it in INI where it can; refuses it where the format has no spelling for it",
    examples: [
      {
        text: '{"a": "x\\\\ny"}',
        format: "json",
        to: "dotenv",
        sops: /^a=x\\ny$/m,
        ours: "refused",
      },
      {
        text: "a=x\n",
        format: "dotenv",
        set: ['["a"]', '"x\\\\ny"'],
        sops: /^a=x\\ny$/m,
        ours: "refused",
      },
    ],
  },
  {
    what: "a text in a list that begins with a line break, decrypted to YAML from another format",
    sops: "writes `|4-` and too few spaces, which is no YAML, and which it cannot read itself",
    ours: "writes the block so that it reads as the text",
    examples: [
      {
        text: '{"a": ["\\nx"]}',
        format: "json",
        to: "yaml",
        sops: /\|4-\n\n {6}x/,
        ours: /- \|-\n *\n {6}x$/m,
      },
    ],
  },
  {
    what: "selection by comment: a comment at a document's end, and below the next --- one with an empty line below it",
    sops: "loses the first, so that it covers nothing, and makes the second the last one of the document before",
    ours: "keeps both; refuses the file where the first matches",
    examples: [
      {
        text: "a: x\n# plain\n---\n# note\n\nb: y\n",
        selection: { option: "unencrypted_comment_regex", pattern: "plain" },
        sops: /^(?!.*plain)a: x\n# note\n---/s,
        ours: "refused",
      },
    ],
  },
  {
    what: "null, or a number of more than six digits with a fraction, decrypted to dotenv or INI",
    sops: "writes <nil>, and 1.2345675E+06",
    ours: "writes null, and 1234567.5",
    examples: [
      {
        text: '{"a": null, "b": 1234567.5}',
        format: "json",
        to: "dotenv",
        sops: /^a=<nil>\nb=1.2345675E\+06$/m,
        ours: /^a=null\nb=1234567.5$/m,
      },
    ],
  },
  {
    what: "set and unset: a position in a list that holds comments",
    sops: "counts the comments, and puts the value in the place of one",
    ours: "counts the items only",
    examples: [
      {
        text: "a:\n  # note\n  - x\n  - y\n",
        set: ['["a"][0]', '"z"'],
        sops: /^a:\n +- z\n +- x\n +- "y"$/m,
        ours: /^a:\n +# note\n +- z\n +- y$/m,
      },
    ],
  },
  {
    what: "set and unset: a value below an anchor, whose alias stands elsewhere",
    sops: "changes the one place, having written out the other when it encrypted the file",
    ours: "refuses it where the alias still stands: the other place would change, too",
    examples: [
      {
        text: "a_unencrypted: &m\n  b: x\nc_unencrypted: *m\nd: y\n",
        set: ['["a_unencrypted"]["b"]', '"z"'],
        sops: /^a_unencrypted:.*\n +b: z\nc_unencrypted:.*\n +b: x$/m,
        ours: "refused",
      },
    ],
  },
  {
    what: "set: a list as the value",
    sops: "refuses it, but inside a mapping",
    ours: "takes it",
    examples: [
      {
        text: "a: x\n",
        set: ['["a"]', "[1]"],
        sops: "refused",
        ours: /^a:\n? +(?:- 1|\[ *1 *\])$/m,
      },
    ],
  },
  {
    what: "set: a whole number of more than 53 bits",
    sops: "rounds it",
    ours: "keeps its digits",
    examples: [
      {
        text: "a: x\n",
        set: ['["a"]', "9007199254740993"],
        sops: /^a: 9.007199254740992e\+15$/m,
        ours: /^a: 9007199254740993$/m,
      },
    ],
  },
  {
    what: "set: a number, where the file is dotenv or INI",
    sops: "writes 5.0 for 5",
    ours: "writes 5",
    examples: [
      { text: "a=x\n", format: "dotenv", set: ['["a"]', "5"], sops: /^a=5\.0$/m, ours: /^a=5$/m },
    ],
  },
  {
    what: "set: null, or in INI a mapping below a key; in a binary file what is no text; unset of its data",
    sops: "writes a file that it cannot decrypt",
    ours: "refuses it",
    examples: [
      {
        text: "a = x\n[s]\nb = y\n",
        format: "ini",
        set: ['["s"]["b"]', "null"],
        sops: "unreadable",
        ours: "refused",
      },
      { text: "x", format: "binary", unset: '["data"]', sops: "unreadable", ours: "refused" },
    ],
  },
  {
    what: "set and unset: a position in a mapping, or a key in a list",
    sops: "does nothing and says nothing, or crashes",
    ours: "refuses it",
    examples: [
      { text: "a: {b: x}\n", set: ['["a"][0]', '"z"'], sops: /^a:\n +b: x$/m, ours: "refused" },
    ],
  },
  {
    what: "set without --idempotent: a value that is there already",
    sops: "signs the file anew",
    ours: "leaves the file as it is",
    examples: [
      { text: "a: x\n", set: ['["a"]', '"x"'], shows: "change", sops: /changed/, ours: /none/ },
    ],
  },
  {
    what: "selection by comment: unset of a value whose comment would be above something encrypted then",
    sops: "writes that readable",
    ours: "refuses it",
    examples: [
      {
        text: "# plain\na: x\nb: z\n",
        selection: { option: "unencrypted_comment_regex", pattern: "plain" },
        unset: '["a"]',
        shows: "ciphertext",
        sops: /^# plain\nb: z$/m,
        ours: "refused",
      },
    ],
  },
  {
    what: "unset: the last value of a mapping or list that has a comment of its own, where that is encrypted, and not what is around",
    sops: "puts the comment between braces, where it does not read it again; takes one in a list for an item",
    ours: "puts it between braces or brackets, and reads it there; refuses it where a comment stands beside the key, too",
    examples: [
      {
        text: "data:\n  # note\n  a: x\nb: y\n",
        selection: { option: "encrypted_regex", pattern: "^data$" },
        unset: '["data"]["a"]',
        sops: /^data: \{\}\nb: "y"$/m,
        ours: /^data: \{\n {2}# note\n {2}\}\nb: y$/m,
      },
    ],
  },
  {
    what: "unset: a comment on the line of what goes",
    sops: "leaves it above the next key",
    ours: "takes it out, too: it would be read as one on that key",
    examples: [
      {
        text: "a: x # note\nb: z\n",
        unset: '["a"]',
        sops: /^# note\nb: z$/m,
        ours: /^b: z\n$/,
      },
    ],
  },
  {
    what: "set and unset in INI: a section whose name stands before, too, or a [DEFAULT] that is written out, or a key of one",
    sops: "looks in the first one only, and puts the key in there once more; an empty DEFAULT stands before all others",
    ours: "changes it where it is",
    examples: [
      {
        text: "[s]\na = x\n[s]\nb = y\n",
        format: "ini",
        set: ['["s"]["b"]', '"z"'],
        sops: /^\[s\]\na = x\nb = z\n\n\[s\]\nb = y$/m,
        ours: /^\[s\]\na = x\n\[s\]\nb = z$/m,
      },
      {
        text: "[DEFAULT]\na = x\n",
        format: "ini",
        set: ['["DEFAULT"]["a"]', '"z"'],
        sops: /^a = z\n\n\[DEFAULT\]\na = x$/m,
        ours: /^\[DEFAULT\]\na = z$/m,
      },
      {
        text: "[DEFAULT]\na = x\n[s]\nb = y\n",
        format: "ini",
        unset: '["DEFAULT"]',
        sops: /^a = x\n\n\[s\]\nb = y$/m,
        ours: /^\[s\]\nb = y\n$/,
      },
    ],
  },
  {
    what: "unset in INI: the comment lines above a key",
    sops: "gives them to the key before it, in the place of that one's own",
    ours: "takes them out with their key",
    examples: [
      {
        text: "[s]\n; on a\na = x\n; on b\nb = y\n",
        format: "ini",
        unset: '["s"]["b"]',
        sops: /^\[s\]\n; on b\na = x$/m,
        ours: /^\[s\]\n; on a\na = x$/m,
      },
    ],
  },
];

/** A line of shell, what comes of it where `sops` is sops, and where it is this project. */
type Line = readonly [line: string, sops: string, ours: string];

interface KnownCommandDifference {
  readonly what: string;
  readonly sops: string;
  readonly ours: string;
  readonly lines: readonly [Line, ...Line[]];
}

/**
 * Where a command line does something else here than with real sops 3.13.3, on purpose. The files and the
 * spelling of what comes of it are those of `test/cli/sops-table.test.ts`, which tries each line with both.
 */
export const KNOWN_COMMAND_DIFFERENCES: readonly KnownCommandDifference[] = [
  {
    what: "several files, or a folder",
    sops: "takes the first file, with a warning, and no folder",
    ours: "takes all; a folder stands for the encrypted files in it, to be encrypted for its *.sops.* that are not encrypted yet",
    lines: [
      ["sops encrypt -i folder", "2", "0"],
      ["sops decrypt folder", "2", "0 > plain.yaml"],
      ["sops -d folder", "2", "0 > plain.yaml"],
      ["sops rotate -i e.yaml e.json", "0 e.yaml=ENC-yaml", "0 e.json=ENC-json e.yaml=ENC-yaml"],
      ["sops encrypt p.yaml nowhere.yaml", "0 > ENC-yaml", "100 > ENC-yaml"],
    ],
  },
  {
    what: "a file that has a second name, by a hard link",
    sops: "writes what both names lead to: it empties the file first, which is lost if it is ended there",
    ours: "replaces the file in one step: the other name keeps what was there, be it plaintext",
    lines: [
      [
        "ln p.yaml l; sops encrypt -i p.yaml; cmp -s p.yaml l; echo $?; rm l",
        "0 > 0 p.yaml=ENC-yaml",
        "0 > 1 p.yaml=ENC-yaml",
      ],
    ],
  },
  {
    what: "a new file that decrypt --output writes, or encrypt --output where the rule encrypts nothing",
    sops: "lets everybody read it, as the umask says",
    ours: "is for its owner alone: it holds plaintext",
    lines: [
      ["umask 22; sops decrypt --output x e.yaml; stat -c %a x; rm x", "0 > 644", "0 > 600"],
      [
        "umask 22; sops encrypt --encrypted-regex ^none$ --output x p.yaml; stat -c %a x; rm x",
        "0 > 644",
        "0 > 600",
      ],
    ],
  },
  {
    what: "a second file where one is taken",
    sops: "passes over it, with a warning or without",
    ours: "refuses the line: it would not do what it says",
    lines: [
      ["sops filestatus p.yaml e.yaml", '0 > {"encrypted":false}', "100"],
      ["sops edit e.yaml e.json", "200", "100"],
    ],
  },
  {
    what: "options behind the file, in the older forms",
    sops: "passes over them, with a warning",
    ours: "takes them, as both do where a command is named",
    lines: [["sops -d e.yaml -i", "0 > plain.yaml", "0 e.yaml=plain.yaml"]],
  },
  {
    what: "options that sops has only before a command, behind it",
    sops: "refuses them",
    ours: "takes them in both places",
    lines: [
      ["sops encrypt --mac-only-encrypted p.yaml > /dev/null", "1", "0"],
      ["sops encrypt --indent 2 p.yaml > /dev/null", "1", "0"],
    ],
  },
  {
    what: "options of a command before its name",
    sops: "takes them, and does not heed them",
    ours: "refuses them: values would be encrypted that were to stay readable, or the other way",
    lines: [
      ["sops --encrypted-comment-regex x encrypt p.yaml", "0 > ENC-yaml", "1"],
      ["sops --ignore-mac rotate badmac.yaml", "51", "1"],
    ],
  },
  {
    what: "--input-type and --output-type of a type that there is not",
    sops: "goes by the name instead",
    ours: "refuses them",
    lines: [
      ["sops decrypt --output-type nonsense e.yaml", "0 > plain.yaml", "1"],
      ["sops encrypt --input-type nonsense p.yaml", "0 > ENC-yaml", "1"],
    ],
  },
  {
    what: "an --encrypted-regex that is no pattern",
    sops: "encrypts nothing, and ends well",
    ours: "refuses it: everything would stay readable",
    lines: [["sops encrypt --encrypted-regex '[' p.yaml", "0 > ENC-yaml", "1"]],
  },
  {
    what: "a file of a binary name that holds something else",
    sops: "writes JSON",
    ours: "refuses it, as --output-type yaml is nearly always what is missing",
    lines: [
      ["sops encrypt --output-type binary p.yaml", "0 > ENC-json", "4"],
      ["sops encrypt --input-type yaml --filename-override x.txt < p.yaml", "0 > ENC-json", "4"],
    ],
  },
  {
    what: "several documents, or more than data, in a format that has one document, or data only",
    sops: "encrypts or decrypts the first document and drops the others; writes JSON",
    ours: "refuses it where a file is written",
    lines: [
      [
        "printf 'a: x\n---\nb: y\n' > two.yaml; sops encrypt --output-type json two.yaml",
        "0 > ENC-json two.yaml=a: x\n---\nb: y",
        "4 two.yaml=a: x\n---\nb: y",
      ],
      [
        "printf 'a: x\n---\nb: y\n' > two.yaml; sops encrypt -i two.yaml; sops decrypt -i --output-type json two.yaml",
        '0 two.yaml={\n\t"a": "x"\n}',
        "4 two.yaml=ENC-yaml",
      ],
      [
        String.raw`printf 's: {a: x}\n---\ns: {a: y}\n' > c; sops encrypt --input-type yaml --output-type yaml c > d; sops decrypt --input-type yaml --output-type ini d; echo $?; rm c d`,
        "0 > [s]\na = x\n\n[s]\na = y\n0",
        "0 > 4",
      ],
    ],
  },
  {
    what: "a key that stands twice, in another format",
    sops: "writes it twice: no reader of YAML takes that, and it cannot encrypt it again",
    ours: "refuses it: one of the two would be lost",
    lines: [
      [
        "printf 'A=1\nA=2\n' > a.env; sops encrypt -i a.env; sops decrypt --output-type yaml a.env; rm a.env",
        '0 > A: "1"\nA: "2"',
        "0",
      ],
      [
        `printf '{"a": {"b": 1, "b": 2}}' > c; sops encrypt --input-type json --output-type yaml c > /dev/null; echo $?; rm c`,
        "0 > 0",
        "0 > 4",
      ],
    ],
  },
  {
    what: "comments, in another format, where comments select what is encrypted",
    sops: "leaves them out where the format has none, and then cannot decrypt what it wrote",
    ours: "refuses the other format",
    lines: [
      [
        "printf 'creation_rules:\\n  - age: OWN\\n    encrypted_comment_regex: x\\n' > r; printf '# x\\na: y\\n' > c; sops --config r encrypt --input-type yaml --output-type json c | grep -c 'a.: .ENC'; rm r c",
        "0 > 1",
        "0 > 0",
      ],
    ],
  },
  {
    what: "comments from and to INI, in another format that has some",
    sops: "takes one that is above a key for one on the key before; of several it keeps the last, and of one that has several lines the marks",
    ours: "keeps every line above its key, and the last ones of a section above its last key where the format is INI",
    lines: [
      [
        String.raw`printf '; r\n[s]\n; x\n; y\na = 1\n; z\nb = 2\n' > c.ini; sops encrypt --output-type yaml c.ini | sops decrypt --input-type yaml --output-type yaml | grep -v DEFAULT; rm c.ini`,
        '0 > s:\n    #r\n    a: "1"\n    #x\n    # ; y\n    b: "2"\n    #z',
        '0 > s:\n    #r\n    #x\n    #y\n    a: "1"\n    #z\n    b: "2"',
      ],
      [
        String.raw`printf '# r\ns:\n  # x\n  # y\n  a: 1\n  # z\n  b: 2\n  # e\n' > c.yaml; sops encrypt --output-type ini c.yaml | sops decrypt --input-type ini --output-type ini; rm c.yaml`,
        "0 > ;  x\n[s]\n; z\na = 1\n; e\nb = 2",
        "0 > [s]\n; x\n; y\na = 1\n; z\n; e\nb = 2",
      ],
    ],
  },
  {
    what: "decrypt --extract of a mapping, from a file of several documents, to YAML",
    sops: "prints the other documents, too",
    ours: "prints what was asked for",
    lines: [
      [
        String.raw`printf 'a: {b: x}\n---\nc: y\n' > c.yaml; sops encrypt -i c.yaml; sops decrypt --extract '["a"]' c.yaml; rm c.yaml`,
        '0 > b: x\n---\nc: "y"',
        "0 > b: x",
      ],
    ],
  },
  {
    what: "decrypt --extract: a comment on the first key of a mapping in a list, or behind the last one",
    sops: "prints it above the dash; of one behind a list in a list, which it has taken to be in there, the ciphertext",
    ours: "prints it above the key; decrypts it, as in the whole file",
    lines: [
      [
        String.raw`printf 'a:\n  # x\n  - k: 1 # y\n' > c.yaml; sops encrypt -i c.yaml; sops decrypt --extract '["a"]' c.yaml; rm c.yaml`,
        "0 > # x\n# y\n- k: 1",
        "0 > # x\n- # y\n  k: 1",
      ],
    ],
  },
  {
    what: "shamir_threshold in a rule with one group of keys",
    sops: "writes it into the file, where it has no effect",
    ours: "leaves it out, also of a file of sops's that it writes anew",
    lines: [
      [
        "printf 'creation_rules:\\n  - age: OWN\\n    shamir_threshold: 1\\n' > r; sops --config r encrypt p.yaml | grep -c shamir_threshold; rm r",
        "0 > 1",
        "0 > 0",
      ],
    ],
  },
  {
    what: "a binary file that is encrypted already",
    sops: "encrypts it once more",
    ours: "refuses it, as in all other formats",
    lines: [["sops encrypt -i e.txt", "0 e.txt=ENC-binary", "203"]],
  },
  {
    what: "a key sops that holds no metadata",
    sops: "takes the file for an encrypted one",
    ours: "says where it is, as for whatever cannot be encrypted",
    lines: [["sops encrypt reserved.yaml", "203", "2"]],
  },
  {
    what: "YAML of comments alone",
    sops: "cannot read it",
    ours: "encrypts the comments",
    lines: [
      ["sops encrypt comment.yaml", "2", "0 > ENC-yaml"],
      ["sops filestatus comment.yaml", "1", '0 > {"encrypted":false}'],
    ],
  },
  {
    what: "the layout of what stays in its format",
    sops: "writes it anew, --indent and YAML that was JSON included",
    ours: "keeps the author's",
    lines: [
      ["sops decrypt --filename-override x.yaml e.json", "0 > plain.yaml", "0 > plain.json"],
      [
        "sops --indent 2 decrypt e.json",
        '0 > {\n  "password": "hunter1",\n  "user": "admin"\n}',
        "0 > plain.json",
      ],
    ],
  },
  {
    what: "which .sops.yaml holds",
    sops: "looks above the folder that it is run in",
    ours: "looks above the file, as git commit does, wherever it is run; as sops only where it finds none there",
    lines: [["sops encrypt nested/p.yaml", "1", "0 > ENC-yaml"]],
  },
  {
    what: "a .sops.yaml that nothing is asked of: it is broken or takes no such file",
    sops: "refuses to decrypt, rotate and edit below it; the older form of rotate wants a rule",
    ours: "asks it for the recipients of what is encrypted to its rules, and for nothing else",
    lines: [
      ["cd misruled && sops decrypt e.yaml", "1", "0 > plain.yaml"],
      ["cd misruled && sops rotate -i e.yaml", "1", "0 misruled/e.yaml=ENC-yaml"],
      ["sops -r -i sub/e.yaml", "1", "0 sub/e.yaml=ENC-yaml"],
      ["sops encrypt --age OWN sub/p.yaml", "1", "0 > ENC-yaml"],
    ],
  },
  {
    what: "a path that leads to nothing, or none at all",
    sops: "crashes, or shows how it keeps a mapping",
    ours: "says so, with the status for a path that is malformed or not there",
    lines: [
      [`sops decrypt --extract '["items"][-1]' list.yaml`, "2", "91"],
      [`sops decrypt --extract '["map"]["a"]["b"]' list.yaml`, "2", "1"],
      [`sops decrypt --extract '["map"][0]' list.yaml`, "0 > key: a\nvalue: hunter3", "1"],
      [`sops set e.yaml '' '"hunter9"'`, "2", "7"],
      [`sops set list.yaml '["items"]["a"]' '"hunter9"'`, "2", "1"],
      [`sops unset list.yaml '["items"][-1]'`, "2", "7"],
    ],
  },
  {
    what: "decrypt --extract of a list, to INI",
    sops: "writes JSON",
    ours: "refuses it",
    lines: [
      [
        `sops decrypt --extract '["items"]' --output-type ini list.yaml`,
        '0 > ["hunter1","hunter2"]',
        "4",
      ],
    ],
  },
  {
    what: "rotate --ignore-mac, which only sops's older form has",
    sops: "signs whatever somebody has changed",
    ours: "refuses it: edit --ignore-mac shows what would be signed",
    lines: [["sops -r -i --ignore-mac badmac.yaml", "0 badmac.yaml=ENC-yaml", "1"]],
  },
  {
    what: "rotate --add-age of a recipient that is there",
    sops: "writes it twice",
    ours: "writes it once",
    lines: [["sops rotate -i --add-age OWN e.yaml", "0 e.yaml=ENC-yaml", "0 e.yaml=ENC-yaml"]],
  },
  {
    what: "updatekeys, where recipients are only taken away",
    sops: "needs a key that opens the file",
    ours: "needs none, since none is encrypted to",
    lines: [
      [
        "SOPS_AGE_KEY= sops updatekeys -y two.yaml",
        "128 > The following changes will be made to the file's groups:\nGroup 1\n    OWN\n--- OTHER",
        "0 > The following changes will be made to the file's groups:\nGroup 1\n    OWN\n--- OTHER two.yaml=ENC-yaml",
      ],
    ],
  },
  {
    what: "an editor with a file that is not there yet",
    sops: "shows an example, which is encrypted too where nobody takes it out",
    ours: "shows an empty file",
    lines: [
      ["EDITOR=ed/append sops edit new.yaml", "0 new.yaml=ENC-yaml", "0 new.yaml=ENC-yaml"],
      ["EDITOR=ed/append sops new.yaml", "0 new.yaml=ENC-yaml", "0 new.yaml=ENC-yaml"],
    ],
  },
  {
    what: "an editor that ends while its window stays open: VS Code and its like, without --wait",
    sops: "takes the plaintext away under the window, where it is lost, or saved once more as a file that stays",
    ours: "does not start it, and says how it waits",
    lines: [
      ["EDITOR=ed/code sops edit e.yaml", "200", "201"],
      ["EDITOR='\"ed/code\" --new-window' sops edit e.yaml", "200", "201"],
      ["EDITOR='env A=1 ed/code' sops edit e.yaml", "200", "201"],
      ["SOPS_EDITOR=ed/code sops new.yaml", "200", "201"],
    ],
  },
  {
    what: "a text that cannot be encrypted comes out of the editor, and nobody is there to press Enter",
    sops: "starts the editor again and again",
    ours: "gives up, and changes nothing",
    lines: [
      ["EDITOR=ed/breaks sops edit e.yaml", "201", "1"],
      ["EDITOR=ed/empties sops edit e.yaml", "201", "1"],
    ],
  },
  {
    what: "an editor leaves an empty file of dotenv, INI or anything else",
    sops: "encrypts that: all values are gone",
    ours: "goes on as in YAML, where there is nothing to encrypt",
    lines: [["EDITOR=ed/empties sops edit e.env", "0 e.env=ENC-dotenv", "1"]],
  },
  {
    what: "options for keys that are not here, and for what Node.js cannot do (cli/arguments/refused-options.ts)",
    sops: "takes them",
    ours: "refuses them, each with its reason",
    lines: [
      ["sops encrypt --shamir-secret-sharing-threshold 1 p.yaml", "0 > ENC-yaml", "1"],
      ["sops exec-env --background e.yaml true", "0", "1"],
      ["sops exec-env --same-process e.yaml true", "0", "1"],
      ["EDITOR=ed/append sops -s e.yaml", "0 e.yaml=ENC-yaml", "1"],
    ],
  },
  {
    what: "the older form --set, and several older forms at once",
    sops: "takes them; of several the last one counts, with a warning",
    ours: "refuses them, and names the command",
    lines: [
      [`sops --set '["a"] "hunter9"' e.yaml`, "0 e.yaml=ENC-yaml", "1"],
      ["sops -d -e e.yaml", "0 > plain.yaml", "1"],
    ],
  },
  {
    what: "a word that is no command and no file",
    sops: "begins a file of that name",
    ours: "says that there is no such command: it may be a mistyped one. A name with a dot or a slash is a file",
    lines: [["sops nonsense", "200", "2"]],
  },
  {
    what: "publish, groups, keyservice and completion",
    sops: "has them",
    ours: "has none of them, and names the command of sops for all but completion",
    lines: [["sops groups > /dev/null", "0", "2"]],
  },
  {
    what: "nothing as the name of a file",
    sops: "takes it for the folder that it is run in",
    ours: "says that there is no such file",
    lines: [['sops decrypt ""', "2", "100"]],
  },
];
