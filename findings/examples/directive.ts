import type { Examples } from "./example.ts";

const KEY = "Zk3vQ8r2LmN9pXw1bT6yAqD5sH7jK0cV4nE8uRfGi2W=";

/** Of `inline-credential`: passwords with nothing but a blank before them. */
export const DIRECTIVE: Examples = {
  hits: [
    {
      path: "dns/named.conf",
      content: `key "ddns" {\n  algorithm hmac-sha256;\n  secret "${KEY}";\n};\nkey b { algorithm hmac-sha256; secret "${KEY}"; };\n`,
      lines: [3, 5],
    },
    {
      path: "ups/configmap.yaml",
      content:
        "kind: ConfigMap\ndata:\n  upsmon.conf: |\n    MINSUPPLIES 1\n    MONITOR ups@nut 1 upsmon hunter22 primary\n",
      lines: [5],
    },
    {
      path: "lb/haproxy.cfg",
      content:
        "userlist a\n  user me insecure-password hunter22\nlisten b\n  stats auth admin:hunter22\n",
      lines: [2, 4],
    },
    {
      path: "mqtt/mosquitto.conf",
      content: "connection b\nremote_username me\nremote_password hunter22\n",
      lines: [3],
    },
    {
      path: "logs/fluent-bit.conf",
      content:
        "[OUTPUT]\n    HTTP_Passwd hunter22\n    splunk_token hunter22\n    Splunk_Token hunter22\n",
      lines: [2, 3, 4],
    },
    {
      path: "install.sh",
      content: "cat > ~/.netrc <<E\nmachine git.example.org login me password hunter22\nE\n",
      lines: [2],
    },
  ],
  misses: [
    {
      path: "dns/configmap.yaml",
      content:
        'kind: ConfigMap\ndata:\n  named.conf: |\n    # secret "…";\n    key "ddns" { secret "@SECRET@"; };\n    secret "name" {}\n  upsmon.conf: |\n    MONITOR ups@nut 1 upsmon ${PASSWORD} primary\n    # MONITOR <system> <powervalue> <username> <password> ("primary"|"secondary")\n    MONITOR all of it\n  haproxy.cfg: |\n    user me insecure-password "$PASSWORD"\n    stats auth admin:${PASSWORD}\n    http-request auth realm stats auth users\n  fluent-bit.conf: |\n    http_passwd ${PASSWORD}\n    # HTTP_Passwd is needed\n    Splunk_Token ${TOKEN}\n  run.sh: |\n    echo "machine $HOST login $NAME password $PASSWORD" > ~/.netrc\n    # the remote_password is in the Secret; they login with it\n',
    },
  ],
};
