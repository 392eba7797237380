import type { Examples } from "./example.ts";

/** Of `talos-secrets`. */
export const TALOS_SECRETS: Examples = {
  hits: [
    {
      path: "comment-without-blank.yaml",
      content:
        'version: v1alpha1\nmachine:\n  type: "worker"#x\n  token: abcdef.0123456789abcdef\n',
      lines: [4],
    },
    {
      path: "talosconfig",
      content:
        "context: home\ncontexts:\n  home:\n    endpoints: [10.0.0.1]\n    ca: Q0E=\n    crt: Q1JU\n    key: S0VZS0VZ\n",
      lines: [7],
    },
    {
      path: "talos/controlplane.yaml",
      content:
        "version: v1alpha1\nmachine:\n  type: controlplane\n  token: abcdef.0123456789abcdef\n  ca: {crt: Q1JU, key: S0VZ}\ncluster:\n  secret: c2VjcmV0\n",
      lines: [4],
    },
    {
      path: "worker.yaml",
      content:
        "version: v1alpha1\nmachine:\n  ca: {crt: Q1JU, key: ''}\ncluster:\n  ca: {crt: Q1JU, key: ''}\n  token: abcdef.0123456789abcdef\n",
      lines: [6],
    },
    {
      path: "patch.yaml",
      content: "cluster:\n  secretboxEncryptionSecret: c2VjcmV0c2VjcmV0\n",
      lines: [2],
    },
    {
      path: "disk.yaml",
      content:
        "machine:\n  systemDiskEncryption:\n    state:\n      provider: luks2\n      keys:\n        - slot: 0\n          static:\n            passphrase: hunter2hunter2\n",
      lines: [8],
    },
    {
      path: "registries.yaml",
      content:
        "machine:\n  registries:\n    config:\n      ghcr.io:\n        auth:\n          username: me\n          password: hunter22\n",
      lines: [7],
    },
    {
      path: "wireguard.yaml",
      content:
        "machine:\n  network:\n    interfaces:\n      - interface: wg0\n        wireguard:\n          privateKey: cHJpdmF0ZWtleQ==\n",
      lines: [6],
    },
    {
      path: "virtual-address.yaml",
      content:
        "machine:\n  network:\n    interfaces:\n      - interface: eth0\n        vip: {ip: 10.0.0.2}\n        vlans:\n          - vlanId: 5\n            vip:\n              hcloud: {apiToken: hunter2hunter2}\n",
      lines: [9],
    },
    {
      path: "virtual-address-of-equinix.yaml",
      content:
        "machine: {network: {interfaces: [{vip: {equinixMetal: {apiToken: hunter2hunter2}}}]}}\n",
      lines: [1],
    },
    {
      path: "omni.yaml",
      content:
        "apiVersion: v1alpha1\nkind: SideroLinkConfig\napiUrl: https://omni.example\nuniqueToken: hunter2hunter2\n",
      lines: [4],
    },
    {
      path: "join-config-of-omni.yaml",
      content:
        "apiVersion: v1alpha1\nkind: SideroLinkConfig\napiUrl: https://omni.example:8090?jointoken=hunter2hunter2\n---\napiVersion: v1alpha1\nkind: KmsgLogConfig\nname: omni-kmsg\n",
      lines: [3],
    },
    {
      path: "documents.yaml",
      content:
        "version: v1alpha1\nmachine: {type: worker}\n---\napiVersion: v1alpha1\nkind: VolumeConfig\nname: EPHEMERAL\nencryption:\n  provider: luks2\n  keys:\n    - slot: 0\n      static: {passphrase: hunter2hunter2}\n",
      lines: [11],
    },
    {
      path: "wg.yaml",
      content:
        "apiVersion: v1alpha1\nkind: WireguardConfig\nname: wg0\nprivateKey: cHJpdmF0ZWtleQ==\n",
      lines: [4],
    },
    {
      path: "talsecret.yaml",
      content:
        "cluster:\n  id: aWQ=\n  secret: c2VjcmV0\nsecrets:\n  bootstraptoken: abcdef.0123456789abcdef\ntrustdinfo:\n  token: abcdef.0123456789abcdef\ncerts:\n  etcd: {crt: Q1JU, key: S0VZ}\n",
      lines: [3],
    },
    {
      path: "certs.yaml",
      content: "certs:\n  k8sserviceaccount:\n    key: S0VZS0VZ\n",
      lines: [3],
    },
    {
      path: "talos/patches/token.yaml",
      content:
        "- op: add\n  path: /machine/kubelet/image\n  value: a\n- op: add\n  path: /machine/token\n  value: abcdef.0123456789abcdef\n",
      lines: [6],
    },
    {
      path: "talos/talconfig.yaml",
      content:
        "patches:\n  - |-\n    - op: replace\n      path: /cluster/ca\n      value: {crt: Q1JU, key: S0VZ}\n  - |-\n    - op: add\n      path: /machine/registries/config/ghcr.io\n      value:\n        auth: {password: hunter22}\n",
      lines: [5, 9],
    },
    {
      path: "talos/patch.json",
      content: '[{"op": "add", "path": "/cluster/secret",\n  "value": "c2VjcmV0c2VjcmV0"}]\n',
      lines: [2],
    },
    {
      path: "configmap.json",
      content:
        '{"kind": "ConfigMap", "data": {\n"a": "version: v1alpha1\\nmachine:\\n  type: worker\\n  token: abcdef.0123456789abcdef\\n"}}\n',
      lines: [2],
    },
    {
      path: "talos/identity.yaml",
      content:
        "apiVersion: v1alpha1\nkind: DiscoveryIdentityConfig\nclusterID: aWQ=\nclusterSecret: c2VjcmV0c2VjcmV0\n---\napiVersion: v1alpha1\nkind: HCloudVIPConfig\nname: 10.0.0.1\napiToken: hunter2hunter2\n---\napiVersion: v1alpha1\nkind: KubeEtcdEncryptionConfig\nconfig:\n  resources:\n    - providers:\n        - secretbox:\n            keys: [{name: key1, secret: c2VjcmV0}]\n",
      lines: [4, 9, 17],
    },
    {
      path: "talos/without-machine.yaml",
      content:
        "version: v1alpha1\ncluster: {etcd: {}, secret: c2VjcmV0c2VjcmV0}\n---\nversion: v1alpha1\ncluster: {etcd: {}, token: abcdef.0123456789abcdef}\n---\nversion: v1alpha1\ncluster: {etcd: {}, ca: {crt: Q1JU, key: S0VZ}}\n",
      lines: [2, 5, 8],
    },
    {
      path: "talos/each-of-a-machine.yaml",
      content:
        "machine: {ca: {crt: Q1JU, key: S0VZ}}\n---\nmachine: {registries: {config: {a: {auth: {auth: aHVudGVyMg==}}}}}\n---\nmachine: {registries: {config: {a: {auth: {identityToken: hunter22}}}}}\n---\nmachine: {registries: {config: {a: {tls: {clientIdentity: {crt: Q1JU, key: S0VZ}}}}}}\n---\nmachine: {network: {interfaces: [{wireguard: {peers: [{presharedKey: S0VZ}]}}]}}\n---\ncluster: {aescbcEncryptionSecret: c2VjcmV0}\n---\ncluster: {aggregatorCA: {key: S0VZ}}\n---\ncluster: {serviceAccount: {key: S0VZ}}\n---\ncluster: {etcd: {ca: {key: S0VZ}}}\n",
      lines: [1, 3, 5, 7, 9, 11, 13, 15, 17],
    },
    {
      path: "talos/each-of-a-document.yaml",
      content:
        "{apiVersion: v1alpha1, kind: WireguardConfig, peers: [{presharedKey: S0VZ}]}\n---\n{apiVersion: v1alpha1, kind: RawVolumeConfig, encryption: {keys: [{static: {passphrase: hunter22}}]}}\n---\n{apiVersion: v1alpha1, kind: UserVolumeConfig, encryption: {keys: [{static: {passphrase: hunter22}}]}}\n---\n{apiVersion: v1alpha1, kind: SwapVolumeConfig, encryption: {keys: [{static: {passphrase: hunter22}}]}}\n---\n{apiVersion: v1alpha1, kind: RegistryAuthConfig, username: a, password: hunter22}\n---\n{apiVersion: v1alpha1, kind: RegistryAuthConfig, auth: aHVudGVyMg==}\n---\n{apiVersion: v1alpha1, kind: RegistryAuthConfig, identityToken: hunter22}\n---\n{apiVersion: v1alpha1, kind: RegistryTLSConfig, clientIdentity: {cert: Q1JU, key: S0VZ}}\n---\n{apiVersion: v1alpha1, kind: KubeServiceAccountConfig, issuer: {privateKey: S0VZ}}\n---\n{apiVersion: v1alpha1, kind: KubeAPIServerCAConfig, issuingCA: {cert: Q1JU, key: S0VZ}}\n---\n{apiVersion: v1alpha1, kind: KubeAggregatorCAConfig, issuingCA: {cert: Q1JU, key: S0VZ}}\n",
      lines: [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21],
    },
    {
      path: "talos/each-of-a-bundle.yaml",
      content:
        "secrets: {bootstraptoken: abcdef.0123456789abcdef}\n---\nsecrets: {bootstraptoken: '', secretboxencryptionsecret: c2VjcmV0}\n---\nsecrets: {bootstraptoken: '', aescbcencryptionsecret: c2VjcmV0}\n---\ntrustdinfo: {token: abcdef.0123456789abcdef}\n---\n{trustdinfo: {token: ''}, certs: {etcd: {key: S0VZ}}}\n---\n{trustdinfo: {token: ''}, certs: {k8s: {key: S0VZ}}}\n---\n{trustdinfo: {token: ''}, certs: {k8saggregator: {key: S0VZ}}}\n---\n{trustdinfo: {token: ''}, certs: {os: {key: S0VZ}}}\n",
      lines: [1, 3, 5, 7, 9, 11, 13, 15],
    },
    {
      path: "talos/escapes.yaml",
      content: '"version": v1alpha1\n"m\\x61chine":\n  "tok\\x65n": abcdef.0123456789abcdef\n',
      lines: [3],
    },
  ],
  misses: [
    {
      path: "omni-without-token.yaml",
      content:
        "apiVersion: v1alpha1\nkind: SideroLinkConfig\napiUrl: https://omni.example\nuniqueToken: ${TOKEN}\n---\napiVersion: v1alpha1\nkind: SideroLinkConfig\napiUrl: https://omni.example?jointoken=${TOKEN}&a=b\n---\napiVersion: v1alpha1\nkind: SideroLinkConfig\napiUrl: https://omni.example/?grpc_tunnel=true\n---\nmachine: {network: {interfaces: [{vip: {hcloud: {apiToken: ''}}}]}}\n",
    },
    {
      path: "talos/patch.yaml",
      content:
        "machine:\n  kubelet: {extraArgs: {rotate-server-certificates: 'true'}}\ncluster:\n  allowSchedulingOnControlPlanes: true\n",
    },
    {
      path: "talos/secrets.sops.yaml",
      content:
        "cluster:\n  secret: {{TOKEN}}\nsecrets:\n  bootstraptoken: {{TOKEN}}\ntrustdinfo:\n  token: {{TOKEN}}\n",
    },
    {
      path: "talos/machine.sops.yaml",
      content:
        "version: v1alpha1\nmachine:\n  token: {{TOKEN}}\n  ca: {crt: Q1JU, key: '{{TOKEN}}'}\n",
    },
    {
      path: "talos/template.yaml",
      content:
        "version: v1alpha1\nmachine:\n  token: ${MACHINE_TOKEN}\n  ca: {crt: '${CRT}', key: '${KEY}'}\n",
    },
    {
      path: "talos/patches/patch.yaml",
      content:
        "- op: add\n  path: /machine/token\n  value: ${MACHINE_TOKEN}\n- op: remove\n  path: /cluster/secret\n- op: add\n  path: /cluster/ca\n  value: {crt: Q1JU, key: '{{TOKEN}}'}\n- op: add\n  path: /machine/kubelet/token\n  value: abcdef.0123456789abcdef\n- path: /cluster/secret\n  value: c2VjcmV0\n",
    },
    {
      path: "talos/named.yaml",
      content:
        "apiVersion: v1alpha1\nkind: RegistryTLSConfig\nname: a\nclientIdentity: {cert: Q1JU, key: '${KEY}'}\n---\napiVersion: v1alpha1\nkind: KubeAPIServerCAConfig\nacceptedCAs: [Q1JU]\n",
    },
    {
      path: "talos/jinja.yaml.j2",
      content: "version: v1alpha1\nmachine:\n  token: {{ machine_token }}\n",
    },
    {
      path: "kube.yaml",
      content: "kind: Config\ncontexts:\n- name: a\n  context: {cluster: c, user: u}\nusers: []\n",
    },
    {
      path: "values.yaml",
      content: "cluster:\n  name: main\nserviceAccount:\n  create: true\netcd:\n  enabled: false\n",
    },
    {
      path: "values-with-a-token.yaml",
      content:
        "cluster:\n  etcd: {enabled: false}\n  token: abcdef\n---\napiVersion: example.org/v1alpha1\nkind: RegistryAuthConfig\npassword: hunter22\n",
    },
    {
      path: "crd.yaml",
      content:
        "apiVersion: cluster.x-k8s.io/v1alpha1\nkind: Machine\nmetadata: {name: m}\nspec: {providerID: machine}\n",
    },
    {
      path: "docs/talos.md",
      content: "```yaml\nmachine:\n  token: abcdef.0123456789abcdef\n```\n",
    },
  ],
};
