import type { Examples } from "./example.ts";

/** Letters and digits in no order that means anything. */
const ANY = "Zk3vQ8r2LmN9pXw1bT6yAqD5sH7jK0cV4nE8uRfGi2Wo9xPdM3aY7tB1".repeat(3);
const LOWER = ANY.toLowerCase();
const UPPER = ANY.toUpperCase().replace(/[018IO]/g, "7");
const LETTERS = ANY.replace(/\d/g, "");
const HEX = "3f9a1c7e5b2d4860a1b2c3d4e5f60718".repeat(5);
const UUID = "3f9a1c7e-5b2d-4860-a1b2-c3d4e5f60718";

/** What stands in none of the others' examples, each as it is given out. */
const TOKENS = [
  `glffct-${ANY.slice(0, 20)}`,
  `fm1r_${ANY}`,
  `hvr.${ANY.slice(0, 40)}`,
  `dp.scim.${ANY.slice(0, 43)}`,
  `AKCp${ANY.slice(0, 69)}`,
  `cmVmdGtuO${ANY.slice(0, 55)}`,
  `CLOJARS_${HEX.slice(0, 60)}`,
  `${ANY.slice(0, 3)}8Q~${ANY.slice(0, 34)}`,
  `${ANY.slice(0, 76)}AZDO${ANY.slice(0, 4)}`,
  `${ANY.slice(0, 42)}+ACRA${ANY.slice(0, 5)}`,
  `${ANY.slice(0, 76)}+ASt${ANY.slice(0, 5)}A==`,
  `${ANY.slice(0, 52)}JQQJ99${ANY.slice(0, 26)}`,
  `ABSKQmVkcm9ja0FQSUtleS${ANY.slice(0, 100)}=`,
  `dnsimple_a_${ANY.slice(0, 32)}`,
  `sk1_${HEX.slice(0, 64)}`,
  `dnkey-${UPPER.slice(0, 26)}-${UPPER.slice(0, 52)}`,
  `A3-${UPPER.slice(0, 6)}-${UPPER.slice(6, 12)}-${UPPER.slice(12, 17)}-${UPPER.slice(17, 22)}-${UPPER.slice(22, 27)}-${UPPER.slice(27, 32)}`,
  `${HEX.slice(0, 36)}NRAL`,
  `dt0c01.${UPPER.slice(0, 24)}.${UPPER.slice(0, 64)}`.replace(/[89]/g, "A"),
  `xaat-${UUID}`,
  `pylf_v1_eu_${ANY.slice(0, 43)}`,
  `phx_${ANY.slice(0, 43)}`,
  `mct_${ANY.slice(0, 30)}_${ANY.slice(0, 6)}`,
  `tk_${HEX.slice(0, 40)}`,
  `ol_api_${ANY.slice(0, 38)}`,
  `https://discord.com/api/v10/webhooks/135792468013579246/${ANY.slice(0, 68)}`,
  `api_org_${LETTERS.slice(0, 34)}`,
  `r8_${ANY.slice(0, 37)}`,
  `lsv2_pt_${HEX.slice(0, 32)}_${HEX.slice(0, 10)}`,
  `tgp_v1_${ANY.slice(0, 43)}`,
  `csk-${LOWER.slice(0, 48)}`,
  `jina_${ANY.slice(0, 60)}`,
  `pcsk_${ANY.slice(0, 6)}_${ANY.slice(0, 63)}`,
  `xsmtpsib-${HEX.slice(0, 64)}-${ANY.slice(0, 16)}`,
  `ATCTT3${ANY}`.padEnd(180, "aB3"),
  `ATBB${ANY.slice(0, 32)}`,
  `ATTA${HEX.slice(0, 72)}`,
  `mlsn.${HEX.slice(0, 64)}`,
  `lin_oauth_${HEX.slice(0, 64)}`,
  `pscale_tkn_${ANY.slice(0, 43)}`,
  `napi_${LOWER.slice(0, 64)}`,
  `dapi${HEX.slice(0, 32)}-2`,
  `mdb_sa_sk_${ANY.slice(0, 40)}`,
  `bkua_${HEX.slice(0, 40)}`,
  `CCIPAT_${ANY.slice(0, 22)}_${HEX.slice(0, 40)}`,
  `sgp_${HEX.slice(0, 16)}_${HEX.slice(0, 40)}`,
  `pnu_${LOWER.slice(0, 36)}`,
  `nfp_${ANY.slice(0, 36)}`,
  `HRKU-AA${ANY.slice(0, 58)}`,
  `figd_${ANY.slice(0, 40)}`,
  `wlu_${ANY.slice(0, 36)}`,
  `ptr_${ANY.slice(0, 43)}=`,
  `token-${LOWER.slice(0, 5)}:${LOWER.slice(0, 54)}`,
];

/** In prose a word in it would say that it was made up. */
const NOT_IN_PROSE = [
  `sb_secret_${ANY.slice(0, 31)}`,
  `SCRAM-SHA-256$4096:${ANY.slice(0, 22)}==$${ANY.slice(0, 43)}=:${ANY.slice(5, 48)}=`,
  `{SSHA}${ANY.slice(0, 32)}`,
];

/** Of `inline-credential`: tokens by those who issue them, each alone in a file. */
export const ISSUED_TOKEN: Examples = {
  hits: [
    ...[...TOKENS, ...NOT_IN_PROSE].map((token, index) => ({
      path: `app/issued-${String(index)}.yaml`,
      content: `kind: ConfigMap\ndata:\n  a: '${token}'\n`,
      lines: [3],
    })),
    ...TOKENS.map((token, index) => ({
      path: `docs/issued-${String(index)}.md`,
      content: `Put \`${token}\` there.\n`,
      lines: [1],
    })),
  ],
  misses: [
    {
      path: "app/almost.yaml",
      content: [
        "kind: ConfigMap\ndata:\n  a: |\n",
        ...TOKENS.map((token) => `    x${token}\n    ${token.slice(0, 16)}…\n`),
        "    a: AKCpuProfile +ACR and +ASt, the AZDO extension, NRAL, token-abcde:default\n",
        "    b: SCRAM-SHA-256$ is a hash, {SSHA} one, A3-SIZE0-000000, vm.dapi.io, ptr_to_a_token\n",
      ]
        .join("")
        // What begins with anything, and a URL, may have a letter before it.
        .replace(/^ *x(?:https|\w*(?:8Q~|AZDO|NRAL|JQQJ99|\+A)).*\n/gm, ""),
    },
    {
      path: "README.md",
      content: `figd_${"x".repeat(40)}, nfp_example${ANY.slice(0, 29)}, dapi${"0123456789abcdef".repeat(2)}, sb_secret_${ANY.slice(0, 31)}\n`,
    },
  ],
};
