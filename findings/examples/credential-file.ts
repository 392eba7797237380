import type { Examples } from "./example.ts";

/** Of `plaintext-secret`: files that are made for credentials. */
export const CREDENTIAL_FILE: Examples = {
  hits: [
    { path: "ansible/.vault_pass", content: "correct horse battery\n", lines: [1] },
    { path: "vault-password.txt", content: "hunter22", lines: [1] },
    { path: "backup/restic-password", content: "\nhunter22\n", lines: [2] },
    {
      path: "ceph/ceph.client.admin.keyring",
      content: '[client.admin]\n\tkey = {{CEPH_KEY}}\n\tcaps mon = "allow *"\n',
      lines: [2],
    },
    { path: "borg.passphrase", content: "hunter22\n", lines: [1] },
    { path: "app/db-password", content: "/Zk3vQ8r2/b4+w==\n", lines: [1] },
    { path: "app/db-password", content: "admin_password\n", lines: [1] },
    { path: "secrets.env.txt", content: "A=b\nDB_PASSWORD=hunter22\n", lines: [2] },
    { path: "app/env", content: "DB_PASSWORD=hunter22\n", lines: [1] },
    { path: "app/prod_env", content: "DB_PASSWORD=hunter22\n", lines: [1] },
    { path: "app.env.production", content: "DB_PASSWORD=hunter22\n", lines: [1] },
    { path: "app.envrc", content: "export DB_PASSWORD=hunter22\n", lines: [1] },
    { path: "prod.tfvars.bak", content: 'db_password = "hunter22"\n', lines: [1] },
    { path: "prod.tfvars~", content: 'db_password = "hunter22"\n', lines: [1] },
    { path: "home/npmrc", content: "//a.io/:_authToken=abcdef0123456789\n", lines: [1] },
    { path: "users-htpasswd", content: "me:$apr1$abcdefgh$hunter2hunter2\n", lines: [1] },
    { path: "aws-credentials", content: "[a]\naws_secret_access_key = 8c1f0e7a2b\n", lines: [2] },
    { path: "velero/cloud", content: "[a]\naws_secret_access_key=8c1f0e7a2b\n", lines: [2] },
    { path: ".env~", content: "DB_PASSWORD=hunter2hunter2\n", lines: [1] },
    // dotenvx's key to the values of .env.
    { path: ".env.keys", content: `DOTENV_PRIVATE_KEY="${"0a1b2c3d".repeat(8)}"\n`, lines: [1] },
    { path: ".env.test", content: `DB_PASSWORD="encrypted:${"Zk3v".repeat(30)}"\n`, lines: [1] },
    { path: "app/.dev.vars", content: "A=b\nAPI_TOKEN=hunter2hunter2\n", lines: [2] },
    { path: ".vault-token", content: "hvs.hunter2hunter2", lines: [1] },
    {
      path: ".terraformrc",
      content: 'credentials "app.terraform.io" {\n  token = "hunter2hunter2"\n}\n',
      lines: [2],
    },
    {
      path: ".terraform.d/credentials.tfrc.json",
      content:
        '{\n  "credentials": {\n    "app.terraform.io": {\n      "token": "hunter2hunter2"\n    }\n  }\n}\n',
      lines: [4],
    },
    {
      path: "home/.s3cfg",
      content: "[default]\naccess_key = a\nsecret_key = hunter2\n",
      lines: [3],
    },
    {
      path: "values.yaml",
      content: `pull:\n  dockerConfig: ${Buffer.from('{"auths":{"a.io":{"auth":"bWU6aHVudGVyMg=="}}}').toString("base64")}\n`,
      lines: [2],
    },
    {
      path: "pull.txt",
      content: `${Buffer.from('{\n\t"auths": {\n\t\t"a.io": {"password": "hunter2"}\n\t}\n}\n').toString("base64")}\n`,
      lines: [1],
    },
    {
      path: ".docker/config.json",
      content: '{"auths": {"ghcr.io": {\n  "auth": "bWU6aHVudGVyMg=="}}}\n',
      lines: [2],
    },
    {
      path: ".npmrc",
      content:
        "registry=https://registry.example.org\n//registry.example.org/:_authToken=abcdef0123456789\n",
      lines: [2],
    },
    { path: "app/.env", content: "LOG=info\nexport DB_PASSWORD='hunter22'\n", lines: [2] },
    {
      path: "app/words.env",
      content: "LOG=info\nDB_PASSWORD=correct horse battery\n",
      lines: [2],
    },
    { path: "app/prod.env", content: "# x\nAPP_SECRET=8c1f0e7a2b\n", lines: [2] },
    { path: "a.tfvars", content: 'region = "eu"\ndb_password = "hunter22"\n', lines: [2] },
    { path: ".envrc", content: "export SMTP_PASS=hunter22\n", lines: [1] },
    { path: "home/.netrc", content: "machine a login b\n  password hunter22\n", lines: [2] },
    { path: "netrc", content: "machine a login b password hunter22\n", lines: [1] },
    { path: "db/userlist.txt", content: '; all\n"me" "hunter22"\n', lines: [2] },
    { path: "mail/msmtprc", content: "account a\nuser me\npassword hunter22\n", lines: [3] },
    { path: "mail/sasl_passwd", content: "# a\n[a.io]:587 me@a.io:hunter22\n", lines: [2] },
    { path: "ppp/chap-secrets", content: "# client server secret\nme * hunter22 *\n", lines: [2] },
    { path: "vpn/ipsec.secrets", content: '# a\n@me @you : PSK "hunter22"\n', lines: [2] },
    {
      path: "wpa_supplicant-wlan0.conf",
      content: 'network={\n  ssid="a"\n  psk="correct horse"\n}\n',
      lines: [3],
    },
    { path: ".pgpass", content: "# host:port:db:user:pw\ndb:5432:app:me:hunter22\n", lines: [2] },
    {
      path: ".pypirc",
      content: "[pypi]\nusername = __token__\npassword = hunter22\n",
      lines: [3],
    },
    { path: "home/.my.cnf", content: "[client]\npassword=hunter22\n", lines: [2] },
    { path: ".git-credentials", content: "https://me:hunter22@example.org\n", lines: [1] },
    {
      path: "home/.aws/credentials",
      content:
        "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = 8c1f0e7a2b\n",
      lines: [3],
    },
    {
      path: "backup/credentials-velero",
      content: "[default]\naws_secret_access_key = 8c1f0e7a2b\n",
      lines: [2],
    },
    {
      path: ".dockercfg",
      content: '{"https://index.docker.io/v1/": {\n  "auth": "bWU6aHVudGVyMg==", "email": ""}}\n',
      lines: [2],
    },
    {
      path: "nginx/.htpasswd",
      content: "# x\nme:$apr1$abcdefgh$0123456789abcdefghijkl\n",
      lines: [2],
    },
    {
      path: "registry.htpasswd",
      content: "me:$2y$05$0123456789abcdefghijkl0123456789abcdefghijkl\n",
      lines: [1],
    },
    {
      path: "terraform.tfstate",
      content:
        '{"outputs": {\n  "db": {\n    "value": "hunter22",\n    "type": "string",\n    "sensitive": true\n}}}\n',
      lines: [3],
    },
    {
      path: "infra/terraform.tfstate.backup",
      content:
        '{\n"type": "random_password",\n"instances": [{"attributes": {\n  "length": 16,\n  "result": "hunter22"\n}}]}\n',
      lines: [5],
    },
    {
      path: "terraform.tfstate.bak",
      content: '{\n  "attributes": {\n    "password": "hunter22"\n  }\n}\n',
      lines: [3],
    },
    {
      path: "a.tfstate",
      content: '{\n  "attributes": {\n    "name": "db",\n    "password": "hunter22"\n  }\n}\n',
      lines: [4],
    },
    {
      path: "cloudflare-tunnel.json",
      content: '{"AccountTag": "a",\n"TunnelSecret": "aHVudGVyMmh1bnRlcjI="}\n',
      lines: [2],
    },
    {
      path: "tunnel.yaml",
      content:
        'kind: ConfigMap\ndata:\n  credentials.json: \'{"TunnelSecret":"aHVudGVyMmh1bnRlcjI="}\'\n',
      lines: [3],
    },
    {
      path: "1password-credentials.json",
      content:
        '{\n"encCredentials": {\n"iv": "a",\n"data": "8c1f0e7a2b8c1f0e7a2b"},\n"uniqueKey": {}}\n',
      lines: [2],
    },
    {
      path: "backup/rclone.conf",
      content: "[b2]\ntype = b2\nkey = 8c1f0e7a2b\n",
      lines: [3],
    },
    {
      path: "profiles/app.env",
      content: "APP_SECRET=correcthorse\n",
      lines: [1],
    },
    { path: "profiles/oidc.env", content: "OIDC_CLIENT_SECRET=correct-horse\n", lines: [1] },
    { path: "app.env", content: "APP_SECRET=correct-horse-battery-staple\n", lines: [1] },
    { path: "url.env", content: "DATABASE_URL=postgres://app:hunter22@db/app\n", lines: [1] },
    {
      path: "config.json",
      content: '{"auths": {"a.example": {"username": "me", "password": "changeling99"}}}\n',
      lines: [1],
    },
    { path: "index.env", content: "DB_PASSWORD=hunter[1]\n", lines: [1] },
    // sops would take it for its own, and lose it.
    {
      path: "c.sops.env",
      content:
        "DB_PASSWORD={{TOKEN}}\nsops_mac={{TOKEN}}\nsops_version=3.9.0\nsops_password=hunter22\n",
      lines: [4],
    },
  ],
  misses: [
    {
      path: "snmp-exporter/snmp.yml.example",
      content: "auths:\n  v3:\n    username: a\n    password: <SNMP_AUTH_PASS>\n",
    },
    { path: "scripts/reset-password", content: "#!/bin/sh\necho a\n" },
    { path: "vault-password.txt", content: "{{ .password }}\n" },
    { path: "tmpl/restic-password", content: "<your password>\n" },
    { path: "app/password.txt", content: "changeme\n" },
    { path: "borg.passphrase", content: "\n" },
    { path: ".vault_pass", content: "${VAULT_PASS}\n" },
    { path: "app/db-password", content: "op://vault/db/password\n" },
    { path: "app/db-password", content: "ref+vault://secret/db#password\n" },
    { path: "ansible/vault_pass", content: "#!/usr/bin/env -S pass show ansible\n" },
    // What a symbolic link holds.
    { path: "ansible/.vault_pass", content: "../keys/pass" },
    { path: "app/db-password", content: "secrets/db-password" },
    // As git-crypt and GnuPG write it.
    { path: "app/db-password", content: "\0GITCRYPT\0\u0001\u0093Q8r2" },
    { path: "app/db-password", content: "\u0085\u0001\u000c\u0003Q8r2" },
    { path: "app/example_env", content: "DB_PASSWORD=hunter22\n" },
    {
      path: "profiles/app.env",
      content: "BLUE_APP_SECRET=immich-db\nVOLSYNC_SECRET=volsync-a-b\n",
    },
    {
      path: ".aws/credentials",
      content:
        "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = ${KEY}\n",
    },
    { path: "docs/credentials", content: "aws_secret_access_key = 8c1f0e7a2b\n" },
    {
      path: ".dockercfg",
      content: '{"https://index.docker.io/v1/": {"auth": "", "email": "a"}}\n',
    },
    { path: ".htpasswd", content: "# user:hash\nme:{{TOKEN}}\n" },
    {
      path: "terraform.tfstate",
      content:
        '{"outputs": {"host": {"value": "db", "type": "string"},\n"db": {"value": "{{TOKEN}}", "type": "string", "sensitive": true}},\n"resources": [{"type": "random_password", "instances": []}], "check_results": null}\n',
    },
    {
      path: "values.yaml",
      content: `pull:\n  dockerConfig: ${Buffer.from('{"auths":{"a.io":{}}}').toString("base64")}\n`,
    },
    { path: ".vault-token", content: "{{ vault }}\n" },
    { path: ".terraformrc", content: 'plugin_cache_dir = "$HOME/.terraform.d/plugin-cache"\n' },
    {
      path: ".docker/config.json",
      content: '{"auths": {"ghcr.io": {}}, "credsStore": "desktop"}\n',
    },
    {
      path: "docker/config.json.tmpl",
      content:
        '{"auths": {"ghcr.io": {"auth": "{{ .Auth }}"}, "a.io": {"auth": " "}, "b.io": {"auth": "{{TOKEN}}"}}}\n',
    },
    {
      path: ".npmrc",
      content: "//npm.example.com/:_authToken=${NPM_TOKEN}\nsave-exact=true\n",
    },
    { path: "cloudflare-tunnel.json", content: '{"TunnelSecret": "{{TOKEN}}"}\n' },
    { path: "tunnel.yaml", content: 'a: \'{"TunnelSecret": "{{ .secret }}"}\'\n' },
    { path: "ci.yaml", content: 'run: echo \'{"TunnelSecret":"fake"}\' > tunnel.json\n' },
    { path: "docs/tunnel.md", content: '{"TunnelSecret": "aHVudGVyMmh1bnRlcjI="}\n' },
    {
      path: "1password-credentials.json",
      content: '{"encCredentials": {"data": "{{TOKEN}}"}}\n',
    },
    { path: "rclone.conf", content: "[b2]\ntype = b2\n# key = x\nkey = ${KEY}\nkey_file = /a\n" },
    { path: ".netrc", content: "machine a login b password ${TOKEN}\n" },
    { path: "db/userlist.txt", content: 'me\n"me" "${PASSWORD}"\n"you" ""\n' },
    { path: "mail/msmtprc", content: "passwordeval cat /run/a\npassword ${PASSWORD}\n" },
    { path: "mail/sasl_passwd", content: "# [a.io]:587 me:hunter22\n[a.io]:587 me:${PASSWORD}\n" },
    { path: "ppp/chap-secrets", content: "# me * hunter22\nme * ${PASSWORD} *\n" },
    { path: "vpn/ipsec.secrets", content: '# : PSK "hunter22"\n: RSA a.pem\n' },
    { path: "wpa_supplicant.conf", content: "# psk=\npsk=ext:home\npsk=${PSK}\n" },
    { path: ".pypirc", content: "[pypi]\nusername = __token__\n# password = x\npassword =\n" },
    { path: ".git-credentials", content: "https://example.org/a:b@c\n" },
    { path: ".env.example", content: "DB_PASSWORD=hunter22\n" },
    // In these languages what has no quotes is computed.
    { path: "prod.env.tf", content: "  db_password = var.db_password1\n" },
    { path: "web.env.nix", content: "  api_key = inputs.web1.key;\n" },
    { path: "web.env.cue", content: "token: _values.token1\n" },
    { path: "web.env.jsonnet", content: "  api_key: values.token1,\n" },
    { path: "web.env.libsonnet", content: "  api_key: values.token1,\n" },
    { path: "app.env.sample", content: "DB_PASSWORD=hunter22\n" },
    // What dotenvx has encrypted.
    {
      path: ".env.production",
      content: `DOTENV_PUBLIC_KEY="02${"0a1b2c3d".repeat(8)}"\nDB_PASSWORD="encrypted:B${"Zk3vQ8r2".repeat(16)}Zk3="\n`,
    },
    { path: "prod.tfvars.example", content: 'db_password = "hunter22"\n' },
    // A Secret's kind would tell; by itself it is YAML as any other.
    { path: "app.env.yaml", content: "DB_PASSWORD: hunter22\n" },
    {
      path: "a.env",
      content:
        "DB_HOST=db\nDB_PASSWORD=\nAPP_TOKEN=${TOKEN}\nPASSWORD_FILE=/run/pw\nTOKEN_TTL=3600\n",
    },
    { path: "b.sops.env", content: "DB_PASSWORD={{TOKEN}}\nsops_mac={{TOKEN}}\n" },
  ],
};
