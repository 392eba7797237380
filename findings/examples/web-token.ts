import type { Examples } from "./example.ts";

const SIGNATURE = "Zk3vQ8r2LmN9pXw1bT6yAqD5sH7jK0cV4nE8uRfGi2W";

/** A JSON Web Token, as it is signed. */
function signed(head: object, claims: object): string {
  const [first, second] = [head, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString("base64url"),
  );
  return `${first ?? ""}.${second ?? ""}.${SIGNATURE}`;
}

const HEAD = { alg: "HS256", typ: "JWT" };
/** As Home Assistant, 1Password Connect and JFrog make them. */
const LONG_LIVED = signed(HEAD, { iss: "8c1f0e7a2b8c1f0e7a2b", iat: 1712345678, exp: 2027705678 });
const CONNECT = signed(
  { alg: "ES256", kid: "abc", typ: "JWT" },
  { "1password.com/auuid": "QWERTZ" },
);
const ARTIFACTORY = signed({ ver: "2", typ: "JWT", alg: "RS256" }, { sub: "jfac@01", jti: "1" });

const OF_JWT_IO = signed(HEAD, { sub: "1234567890", name: "John Doe", iat: 1516239022 });
const OF_SUPABASE = signed(HEAD, { role: "anon", iss: "supabase-demo", exp: 1641769200 });

/** Of `inline-credential`: JSON Web Tokens. */
export const WEB_TOKENS: Examples = {
  hits: [
    {
      path: "docs/home-assistant.md",
      content: `Long-lived token:\n\n    ${LONG_LIVED}\n\nand of Connect \`${CONNECT}\`, and ${ARTIFACTORY}.\n`,
      lines: [3, 5],
    },
    { path: "bot/main.py", content: `HASS = "${LONG_LIVED}"\n`, lines: [1] },
    {
      path: "app/web-token.yaml",
      content: `# ${CONNECT}\nkind: ConfigMap\ndata:\n  a: ${ARTIFACTORY}\n`,
      lines: [1, 4],
    },
  ],
  misses: [
    {
      path: "app/web-token.yaml",
      content: `kind: ConfigMap\ndata:\n  a: ${OF_JWT_IO}\n  b: ${OF_SUPABASE}\n`,
    },
    {
      path: "docs/web-token.md",
      content: [
        OF_JWT_IO,
        OF_SUPABASE,
        signed({ alg: "none" }, { iss: "8c1f0e7a2b", iat: 1712345678 }),
        signed(HEAD, { iss: "https://example.org", iat: 1712345678 }),
        signed(HEAD, ["a list", "and no claims"]).replace(".WyJ", ".eyJ"),
        LONG_LIVED.slice(0, 40),
        "eyJhbGciOiJIUzI1NiJ9.eyJ…",
      ].join("\n"),
    },
    { path: "api/login_test.go", content: `const token = "${LONG_LIVED}"\n` },
    { path: "api/login.spec.ts", content: `const token = "${LONG_LIVED}";\n` },
  ],
};
