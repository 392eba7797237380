import type { Examples } from "./example.ts";

const KEY =
  "cat age.agekey | kubectl create secret generic sops-age --namespace=flux-system \\\n  --from-file=age.agekey=/dev/stdin\n";
const HTTPS = "flux bootstrap git --url=https://git.example.org/me/flux.git --branch=main";
const SWAP = 'sed -i "s/age1[a-z0-9]*/$NEW_KEY/" .sops.yaml\n';

/** Commands, and files of them, that `findSetUpCommands` warns of, and that it does not. */
export const SET_UP_COMMANDS: Examples = {
  hits: [
    { path: "up.sh", content: `${HTTPS}\n`, lines: [1] },
    {
      path: "up.sh",
      content: "flux bootstrap git \\\n  --url 'https://h/r' \\\n  --path=a\n",
      lines: [1],
    },
    { path: "Makefile", content: `up:\n\t${HTTPS} --token-auth=false\n`, lines: [2] },
    { path: "Taskfile.yml", content: `tasks:\n  up:\n    cmds:\n      - ${HTTPS}\n`, lines: [4] },
    { path: "README.md", content: `Run\n\n\`\`\`sh\n${HTTPS}\n\`\`\`\n`, lines: [4] },
    { path: "up.sh", content: `${KEY}kubectl create ns flux-system\n`, lines: [1] },
    { path: "up.sh", content: `${KEY}flux bootstrap github --owner=me\n`, lines: [1] },
    {
      path: "README.md",
      content: `\`\`\`\n${KEY}\`\`\`\nThen\n\`\`\`\nflux install \`\`\`\n\`\`\`\n`,
      lines: [2],
    },
    { path: "rotate.sh", content: SWAP, lines: [1] },
    { path: "docs/keys.md", content: `\`\`\`sh\n${SWAP}git commit -am keys\n\`\`\`\n`, lines: [2] },
    {
      path: "Makefile",
      content: `swap:\n\tsed -i 's|age1.*|$(KEY)|' secrets/*.sops.yaml\n`,
      lines: [2],
    },
  ],
  misses: [
    { path: "up.sh", content: `${HTTPS} --token-auth --username=me\n` },
    { path: "up.sh", content: `${HTTPS} --with-bearer-token\n` },
    { path: "up.sh", content: `${HTTPS} "\${ARGS[@]}"\n` },
    { path: "up.sh", content: `${HTTPS} --private-key-file=key\n` },
    { path: "up.sh", content: `# ${HTTPS}\n` },
    { path: "up.sh", content: "flux bootstrap git --url=ssh://git@git.example.org/me/flux.git\n" },
    { path: "up.sh", content: 'flux bootstrap git --url="$URL"\n' },
    { path: "README.md", content: `Without \`--token-auth\`, \`${HTTPS}\` uses SSH.\n` },
    { path: "main.go", content: `${HTTPS}\n` },
    {
      path: "up.sh",
      content: `kubectl create namespace flux-system\n${KEY}flux bootstrap github\n`,
    },
    { path: "up.sh", content: `flux bootstrap github --owner=me\n${KEY}flux install \n` },
    {
      path: "up.sh",
      content: `key() {\n${KEY}}\nup() {\nflux bootstrap github --owner=me\n}\nup\nkey\n`,
    },
    { path: "up.sh", content: KEY },
    { path: "Makefile", content: `key:\n\t${KEY}\nup:\n\tflux bootstrap github --owner=me\n` },
    {
      path: "up.sh",
      content: `kubectl create secret generic sops-age -n flux-system --dry-run=client -o yaml > a\nflux install \n`,
    },
    { path: "rotate.sh", content: `${SWAP}sops updatekeys -y a.sops.yaml\n` },
    { path: "init.sh", content: 'sed -i "s/AGE_KEY_HERE/$KEY/" .sops.yaml\n' },
    { path: "show.sh", content: "sed -n 's/.*(age1.*)/p' .sops.yaml > a\n" },
    { path: "show.sh", content: "sed -n 's/.*\\(age1[a-z0-9]*\\).*/\\1/p' keys.txt\n" },
  ],
};
