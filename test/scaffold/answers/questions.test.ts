import test from "ava";
import { collectAnswers } from "../../../scaffold/answers/collect.ts";
import { QUESTIONS, type RawAnswers } from "../../../scaffold/answers/questions.ts";
import { generateKeyPair } from "../../../sops/age/identity.ts";

const collect = (given: RawAnswers, remembered: RawAnswers = {}) =>
  collectAnswers(given, remembered, "/somewhere/flux-lab", null);

test("without flags, prompts or memory: the defaults of the contract", async (t) => {
  t.deepEqual(await collect({}), {
    cluster: "homelab",
    provider: "github",
    owner: "",
    repository: "flux-lab",
    branch: "main",
    host: "github.com",
    url: "",
    recipients: [],
    ageKeyFile: "",
    example: false,
    ...{ schemas: false, renovate: false, tasks: false },
  });
});

test("a folder whose name cannot be a repository's gives the default name", async (t) => {
  const answers = await collectAnswers({}, {}, "/somewhere/my flux", null);
  t.is(answers.repository, "flux-homelab");
});

test("a flag wins over what is remembered, and that over the default", async (t) => {
  const answers = await collect({ branch: "prod" }, {
    branch: "old",
    owner: "me",
    unknown: "x",
  } as RawAnswers);
  t.is(answers.branch, "prod");
  t.is(answers.owner, "me");
  t.false("unknown" in answers);
});

test("only what is neither given nor remembered is asked, in order", async (t) => {
  const asked: string[] = [];
  const answers = await collectAnswers(
    { cluster: "lab", provider: "gitlab" },
    { owner: "me" },
    "/somewhere/flux",
    async (question, fallback) => {
      asked.push(question.name);
      return question.name === "branch" ? "prod" : fallback;
    },
  );
  t.deepEqual(asked, ["repository", "host", "branch", "example"]);
  t.is(answers.branch, "prod");
  t.is(answers.host, "gitlab.com");
});

test("questions that do not concern the provider are not asked", async (t) => {
  const asked: string[] = [];
  await collectAnswers({ provider: "git" }, {}, "/somewhere/flux", async (question, fallback) => {
    asked.push(question.name);
    return question.name === "url" ? "ssh://git@h/r.git" : fallback;
  });
  t.deepEqual(asked, ["cluster", "repository", "url", "branch", "example"]);
});

const refused: readonly [keyof typeof flagOf, string, RegExp][] = [
  ["cluster", "Homelab", /DNS label/],
  ["cluster", "-lab", /DNS label/],
  ["cluster", "lab-", /DNS label/],
  ["cluster", "a".repeat(64), /DNS label/],
  ["cluster", "../x", /DNS label/],
  ["cluster", "a.b", /DNS label/],
  ["cluster", "lab\n", /DNS label/],
  ["provider", "svn", /one of github, gitlab, forgejo, git/],
  ["owner", "me; rm -rf /", /letters, digits/],
  ["owner", "-me", /letters, digits/],
  ["owner", "a//b", /letters, digits/],
  ["repository", "a/b", /letters, digits/],
  ["repository", "..", /letters, digits/],
  ["repository", "flux.git", /without \.git/],
  ["branch", "-x", /dash/],
  ["branch", "a b", /spaces/],
  ["host", "https://git.example.org", /without https/],
  ["host", "git.example.org/x", /without https/],
  ["host", "git.example.org:65536", /port/],
  ["recipients", "age1qqqq", /checksum/],
  ["recipients", "ssh-ed25519 AAAA", /SSH key/],
  ["recipients", ",", /no recipient/],
  [
    "recipients",
    "age1helqcqsh9464r8chnwc2fzj8uv7vr5ntnsft0tn45v2xtz0hpfwq98cmsg",
    /copied from a manual.*others may/,
  ],
  ["recipients", "", /is empty/],
  ["ageKeyFile", "", /is empty/],
  ["cluster", "", /is empty/],
];
const flagOf = Object.fromEntries(QUESTIONS.map(({ name, flag }) => [name, flag]));

for (const [name, answer, expected] of refused) {
  test(`--${flagOf[name]} ${JSON.stringify(answer)} is refused in one line`, async (t) => {
    const error = await t.throwsAsync(collect({ [name]: answer }), { name: "ScaffoldError" });
    t.regex(error.message, expected);
    t.true(error.message.startsWith(`--${flagOf[name]} `));
    t.notRegex(error.message, /[\n\r]/);
  });
}

const urls: readonly [string, RegExp | null][] = [
  ["https://git.example.org/me/flux.git", null],
  ["ssh://git@git.example.org:2222/me/flux.git", null],
  ["git@git.example.org:me/flux.git", /write ssh:\/\/git@git\.example\.org\/me\/flux\.git$/],
  ["http://git.example.org/me/flux", /begin with https/],
  ["https://me:hunter2@git.example.org/flux", /must not hold a password/],
  ["https://token@git.example.org/flux", /must not hold a user name/],
  ["https://git.example.org/flux?x=1", /must not hold/],
  ["https://git.example.org", /name a host and a repository/],
  ["ssh://", /host/],
  ["https://git.example.org/a b", /without spaces/],
  ["ssh://git@git.example.org:65536/me/flux.git", /is no URL: .*port/],
  ["https://me:hunter2@git.example.org:99999/flux", /is no URL: .*port/],
];

for (const [url, expected] of urls) {
  test(`--url ${url}: ${expected === null ? "taken" : "refused"}`, async (t) => {
    const attempt = collect({ provider: "git", url });
    if (expected === null) {
      t.is((await attempt).url, url);
      return;
    }
    const error = await t.throwsAsync(attempt, { name: "ScaffoldError" });
    t.regex(error.message, expected);
    t.notRegex(error.message, /hunter2/);
  });
}

test("--provider git needs --url", async (t) => {
  const error = await t.throwsAsync(collect({ provider: "git" }));
  t.regex(error.message, /^--url is needed for --provider git/);
});

test("a flag that has no meaning for the provider is refused, not ignored", async (t) => {
  const error = await t.throwsAsync(collect({ url: "https://h/r" }));
  t.regex(error.message, /--url has no meaning for --provider github.*--provider git$/);
  await t.throwsAsync(collect({ provider: "git", url: "https://h/r", owner: "me" }), {
    message: /^--owner has no meaning/,
  });
});

test("what is remembered for another provider is left out without a word", async (t) => {
  const answers = await collect(
    { provider: "git", url: "https://h.example/r" },
    { provider: "github", owner: "me", host: "github.com" },
  );
  t.is(answers.owner, "");
  t.is(answers.host, "");
});

test("a repository that is moved to another provider does not keep the host of the first", async (t) => {
  const github: RawAnswers = { provider: "github", host: "github.com", owner: "me" };
  const moved = await collect({ provider: "gitlab" }, github);
  t.like(moved, { host: "gitlab.com", owner: "me" });
  t.is(
    (await collect({ provider: "forgejo", host: "git.example.org" }, github)).host,
    "git.example.org",
  );
  const own: RawAnswers = { provider: "gitlab", host: "git.example.org" };
  t.is((await collect({ provider: "gitlab" }, own)).host, "git.example.org");
  t.is(
    (await collect({ provider: "gitlab" }, { host: "git.example.org" })).host,
    "git.example.org",
  );
});

test("remembered answers are checked like flags, and the file is named", async (t) => {
  await t.throwsAsync(collect({}, { cluster: "../../etc" }), {
    message: /^"cluster" in \.yo-rc\.json /,
  });
  await t.throwsAsync(collect({}, { example: "yes" }), { message: /"example".*true or false/ });
  await t.throwsAsync(collect({}, { owner: true }), { message: /"owner".*must be text/ });
});

test("recipients: several, with spaces, each once; a private key is never repeated", async (t) => {
  const [one, two] = [await generateKeyPair(), await generateKeyPair()];
  const answers = await collect({
    recipients: `${one.recipient}, ${two.recipient},${one.recipient}`,
  });
  t.deepEqual(answers.recipients, [one.recipient, two.recipient]);

  const error = await t.throwsAsync(collect({ recipients: one.identity }));
  t.false(error.message.includes(one.identity.slice(16, 30)));
});

test("a recipient with one character changed is refused", async (t) => {
  const { recipient } = await generateKeyPair();
  const changed = recipient.slice(0, -1) + (recipient.endsWith("q") ? "p" : "q");
  await t.throwsAsync(collect({ recipients: changed }), { message: /checksum/ });
});
