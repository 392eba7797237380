import type { Examples } from "./example.ts";

/** Of `private-key`. */
export const PRIVATE_KEY: Examples = {
  hits: [
    { path: "rsa.pem", content: "{{PEM_RSA}}\n", lines: [1] },
    { path: "sec1.pem", content: "# made today\n{{PEM_EC}}\n", lines: [2] },
    { path: "pkcs8.key", content: "{{PEM_PKCS8}}\n", lines: [1] },
    { path: "ed25519.key", content: "{{PEM_ED25519}}\n", lines: [1] },
    { path: "locked.key", content: "{{PEM_ENCRYPTED}}\n", lines: [1] },
    { path: "legacy.key", content: "{{PEM_LEGACY_ENCRYPTED}}\n", lines: [1] },
    { path: "id_ed25519", content: "{{OPENSSH}}\n", lines: [1] },
    { path: "me.asc", content: "{{PGP}}\n", lines: [1] },
    { path: "me.ppk", content: "{{PUTTY}}\n", lines: [1] },
    { path: "values.yaml", content: "tls:\n  key: |\n    {{PEM_PKCS8}}\n", lines: [3] },
    { path: "key.json", content: '{\n  "private_key": "{{PEM_PKCS8:json}}"\n}\n', lines: [2] },
    {
      path: "wg0.conf",
      content:
        "[Interface]\nAddress = 10.0.0.2/32\nPrivateKey = {{WIREGUARD}}\n\n[Peer]\nPublicKey = {{WIREGUARD}}\nPresharedKey={{WIREGUARD}}\n",
      lines: [3, 7],
    },
    {
      path: "wg0.nmconnection",
      content:
        "[connection]\ntype=wireguard\n\n[wireguard]\nprivate-key={{WIREGUARD}}\n\n[wireguard-peer.a]\npreshared-key={{WIREGUARD}}\n",
      lines: [5, 8],
    },
    {
      path: "vpn.yaml",
      content:
        "kind: ConfigMap\ndata:\n  wg0.conf: |\n    [Interface]\n    PrivateKey = {{WIREGUARD}}\n",
      lines: [5],
    },
    { path: "php.json", content: '{"private_key":\n"{{PEM_PKCS8:php}}"}\n', lines: [2] },
    { path: "dotnet.json", content: '{"private_key":\n"{{PEM_PKCS8:dotnet}}"}\n', lines: [2] },
    { path: "escaped.yaml", content: 'a: "{{PEM_PKCS8:escaped2}}"\n', lines: [1] },
    { path: "crlf.pem", content: "{{PEM_RSA:crlf}}\r\n", lines: [1] },
    { path: "notes.md", content: "Use this:\n\n```\n{{PEM_PKCS8}}\n```\n", lines: [4] },
    { path: "a.txt", content: "tls.key: {{PEM_PKCS8:base64}}\n", lines: [1] },
    { path: "b.txt", content: "tls.key: {{x+PEM_RSA:base64}}\n", lines: [1] },
    { path: "c.txt", content: "tls.key: {{xy+OPENSSH:base64}}\n", lines: [1] },
    {
      path: "behind-other-things.txt",
      content: "{{whatstandsbeforethekeyinonefilewithitacertificateforone+PEM_RSA:base64}}\n",
      lines: [1],
    },
    { path: "folded.txt", content: "{{PEM_PKCS8:folded}}\n", lines: [1] },
    { path: "disk.img", content: "\0\0\u0001{{PEM_RSA}}\n\0", lines: [null] },
    { path: "backup.tar", content: "id\0\0{{PEM_RSA}}\0\0", lines: [1] },
    { path: "cosign.key", content: "{{COSIGN}}\n", lines: [1] },
    { path: "old/cosign.key", content: "{{COSIGN_OLD}}\n", lines: [1] },
    { path: "nebula/ca.key", content: "{{NEBULA}}\n", lines: [1] },
    { path: "id_ssh2", content: "{{SSH2}}\n", lines: [1] },
    {
      path: "cert.pem",
      content: `-----BEGIN ARGO TUNNEL TOKEN-----\n${"eyJ6b25lSUQiOiIwMWFiMjNjZDQ1ZWY2N2FiODljZCIsImFjY291bnRJRCI6IjBm".repeat(2)}\n-----END ARGO TUNNEL TOKEN-----\n`,
      lines: [1],
    },
    { path: "ta.key", content: "#\n# 2048 bit OpenVPN static key\n#\n{{OPENVPN}}\n", lines: [4] },
    { path: "commented.yaml", content: "a: b\n{{PEM_PKCS8:commented}}\n", lines: [2] },
    { path: "mail.txt", content: "You wrote:\n{{PEM_RSA:quoted}}\n", lines: [2] },
    { path: "list.yaml", content: "key:\n{{PEM_PKCS8:listed}}\n", lines: [2] },
    {
      path: "minisign.key",
      content: "untrusted comment: minisign encrypted secret key\n{{MINISIGN}}\n",
      lines: [2],
    },
    { path: "signing.yaml", content: "a: b\nkey: {{MINISIGN_OPEN}}\n", lines: [2] },
    {
      path: "signing.json",
      content: '{"key": "untrusted comment: a\\n{{MINISIGN}}\\n"}\n',
      lines: [1],
    },
    { path: "app.sec", content: "untrusted comment: signify\n{{SIGNIFY}}\n", lines: [2] },
  ],
  misses: [
    { path: "minisign.pub", content: "untrusted comment: minisign\n{{MINISIGN_PUBLIC}}\n" },
    {
      path: "wg0.conf",
      content: `[Interface]\nPrivateKey = \${PRIVATE_KEY}\n#PrivateKey = ${"x".repeat(43)}=\n[Peer]\nPublicKey = {{WIREGUARD}}\n`,
    },
    {
      path: "public.ppk",
      content: "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPublic-Lines: 1\n",
    },
    {
      path: "docs/short.ppk",
      content: "PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 1\nAAAAgQDB1...\n",
    },
    {
      path: "names.nmconnection",
      content: "private-key-flags=1\nprivate-key=/etc/keys/wg0\npublic-key={{WIREGUARD}}\n",
    },
    { path: "wg0.sops.conf", content: "[Interface]\nPrivateKey = {{TOKEN}}\n" },
    { path: "docs/vpn.md", content: "    PrivateKey = {{WIREGUARD}}\n" },
    {
      path: "docs/words.txt",
      content:
        "-----BEGIN PRIVATE KEY-----\nand then follow sixty or more letters of plain words without any stop between them at all\n",
    },
    { path: "tpm.key", content: "{{TSS2}}\n" },
    { path: "tpm.txt", content: "{{TSS2:base64}}\n" },
    {
      path: "sample.yaml",
      content:
        "# -----BEGIN PRIVATE KEY-----\n# MIIEpAIBAAKCAQEA...\n# -----END PRIVATE KEY-----\n",
    },
    { path: "tls.crt", content: "{{PEM_CERTIFICATE}}\n" },
    { path: "rsa.pub", content: "{{PEM_PUBLIC}}\n" },
    { path: "id_ed25519.pub", content: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI me@example\n" },
    {
      path: "docs/tls.md",
      content: "The file begins with `-----BEGIN PRIVATE KEY-----`, then comes base64 text.\n",
    },
    {
      path: "example.yaml",
      content:
        "key: |\n  -----BEGIN RSA PRIVATE KEY-----\n  MIIEpAIBAAKCAQEA...\n  -----END RSA PRIVATE KEY-----\n",
    },
    {
      path: "placeholder.pem",
      content: `-----BEGIN PRIVATE KEY-----\n${"XXXX".repeat(20)}\n-----END PRIVATE KEY-----\n`,
    },
    {
      path: "scan.sh",
      content:
        "grep -rl -e '-----BEGIN OPENSSH PRIVATE KEY-----' \"$HOME\"/.ssh/id_a /etc/ssh/keys/one/two/three/four/five/six\n",
    },
    {
      path: "secret.asc",
      content:
        "-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBhYmNkZWZnaGlqa2xtbm9w\n-----END AGE ENCRYPTED FILE-----\n",
    },
  ],
};
