import type { Examples } from "./example.ts";

/** Of `inline-credential`: settings of programs, and objects of any kind. */
export const SETTINGS: Examples = {
  hits: [
    {
      path: "monitoring/prometheus.yml",
      content:
        "scrape_configs:\n  - authorization:\n      credentials: Zk3vQ8r2LmN9pXw1\n  - authorization: {type: Bearer, credentials: Zk3vQ8r2LmN9pXw1}\n",
      lines: [3, 4],
    },
    {
      path: "infra/variables.tf",
      content:
        'variable "a" {\n  default = "Zk3vQ8r2"\n}\nvariable "db_password" {\n  type    = string\n  default = "Zk3vQ8r2"\n}\nvariable "api_token" { default = "Zk3vQ8r2" }\n',
      lines: [6, 8],
    },
    {
      path: "host/user-data.yaml",
      content:
        "#cloud-config\nruncmd:\n  - curl -sfL https://get.k3s.io | K3S_TOKEN=Winter2024secret sh -\n  - [sh, -c, 'echo root:Winter2024! | chpasswd']\n",
      lines: [3, 4],
    },
    {
      path: "Taskfile.yaml",
      content:
        "tasks:\n  a:\n    cmds:\n      - echo a\n      - curl -u me:hunter22 https://a\n      - cmd: PGPASSWORD=hunter22 psql\n  b:\n    cmd: docker login -u me -p hunter22\n",
      lines: [5, 6, 8],
    },
    {
      path: ".gitlab-ci.yml",
      content:
        "a:\n  before_script:\n    - docker login -u me -p hunter22\n  script:\n    - app --password hunter22\n    - |\n      PGPASSWORD=hunter22 psql\n",
      lines: [3, 5, 7],
    },
    {
      path: ".github/workflows/a.yaml",
      content:
        "jobs:\n  a:\n    steps:\n      - run: helm install a --set auth.password=hunter22\n      - run: >\n          docker login -u me\n          -p hunter22\n",
      lines: [4, 5],
    },
    {
      path: "docker-compose.yaml",
      content:
        'services:\n  a:\n    command: redis-server --requirepass hunter22\n  b:\n    entrypoint: "redis-server --requirepass hunter22"\n',
      lines: [3, 5],
    },
    {
      path: "esphome/node.yaml",
      content:
        "esphome: {name: a}\napi:\n  encryption:\n    key: zvQ8r2LmN9pXw1bT6yAqD5sH7jK0cV4nE8uRfGZk3v0=\n",
      lines: [4],
    },
    {
      path: "app/ingress.yaml",
      content:
        "kind: Ingress\nmetadata:\n  annotations:\n    gethomepage.dev/widget.key: 3f9a1c7e5b2d4860a1b2c3d4e5f60718\n    gethomepage.dev/widget.username: me\n    gethomepage.dev/widget.password: Winter2024!\n",
      lines: [4, 6],
    },
    {
      path: "systemd/app.service",
      content:
        '[Service]\nEnvironment=DB_PASSWORD=hunter22\nEnvironment="A=b" "API_TOKEN=hunter22"\nExecStart=/bin/app --password hunter22\n',
      lines: [2, 3, 4],
    },
    {
      path: "quadlets/db.container",
      content: "[Container]\nImage=a\nEnvironment=TZ=UTC POSTGRES_PASSWORD=hunter22\n",
      lines: [3],
    },
    {
      path: "hosts/node1/app.nix",
      content:
        '{ config, ... }:\n{\n  services.app = {\n    settings.security.secret_key = "Zk3vQ8r2";\n    environment.DB_PASSWORD = "hunter22"; # for now\n  };\n  users.users.me.hashedPassword = "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7";\n}\n',
      lines: [4, 5, 7],
    },
    {
      path: "nut/upsd.users",
      content: "[upsmon]\n  password = hunter22\n  upsmon primary\n",
      lines: [2],
    },
    {
      path: "playbooks/db.yaml",
      content:
        "- hosts: all\n  tasks:\n    - shell: mysql -phunter22 -e a\n    - ansible.builtin.shell: sshpass -p hunter22 ssh a\n    - ansible.builtin.command:\n        cmd: curl -u me:hunter22 https://a\n",
      lines: [3, 4, 6],
    },
    {
      path: "etc/keepalived.conf",
      content: "authentication {\n  auth_type PASS\n  auth_pass Zk3vQ8r2\n}\n",
      lines: [3],
    },
    {
      path: "scripts/deploy.sh",
      content:
        "#!/bin/sh\nexport API_TOKEN=Zk3vQ8r2\npassword='Zk3vQ8r2'\ncurl -u admin:hunter22 https://a\n",
      lines: [2, 3, 4],
    },
    {
      path: "scripts/second.sh",
      content: "mysql -uroot -p$PASSWORD a\nmysql -uroot -phunter22 a\n",
      lines: [2],
    },
    {
      path: ".bash_history",
      content: "ls\nexport DB_PASSWORD=Zk3vQ8r2\n",
      lines: [2],
    },
    {
      path: ".zsh_history",
      content: ": 1700000000:0;sshpass -p hunter22 ssh a\n: 1700000001:0;export TOKEN=Zk3vQ8r2\n",
      lines: [1, 2],
    },
    {
      path: "justfile",
      content:
        'a:\n  PGPASSWORD=hunter22 psql\nexport TOKEN := "Zk3vQ8r2"\nexport DB_PASSWORD := "Zk3v(Q8r2)"\n',
      lines: [2, 3, 4],
    },
    { path: "db/mod.just", content: "a:\n  curl -u me:hunter22 https://a\n", lines: [2] },
    {
      path: "Makefile",
      content: "DB_PASSWORD := Zk3vQ8r2\nAPI_TOKEN ?= Zk3vQ8r2\nTOKEN := $(shell a1)\n",
      lines: [1, 2],
    },
    {
      path: "scripts/install.sh",
      content:
        "helm install a b --set c=d,auth.password=hunter22 --set e=f\nhelm upgrade a b --set-string 'auth.rootPassword=hunter22' \\\n  --set x.token='hunter22'\ndocker login -u me -p hunter22 ghcr.io\npodman login ghcr.io -phunter22 -ume\n",
      lines: [1, 2, 3, 4, 5],
    },
    { path: "app/Dockerfile", content: "FROM a\nENV DB_PASSWORD=Zk3vQ8r2\n", lines: [2] },
    {
      path: "ansible/hosts",
      content: "[all]\nnode1 ansible_host=10.0.0.1 ansible_become_pass=Zk3vQ8r2\n",
      lines: [2],
    },
    {
      path: "app/random.ini",
      content: "[a]\nsecret = 0123456789abcdef0123456789abcdef\n",
      lines: [2],
    },
    {
      path: "app/settings.toml",
      content: '[db]\nhost = "db"\npassword = "Zk3vQ8r2"\n',
      lines: [3],
    },
    {
      path: "infra/main.tf",
      content: 'provider "a" {\n  password = "Pablo123"\n}\n',
      lines: [2],
    },
    { path: "app/server.properties", content: "db.password=Zk3vQ8r2\n", lines: [1] },
    {
      path: "home-assistant/secrets.yaml",
      content: "latitude: 52.1\nwifi_password: correct-horse\n",
      lines: [2],
    },
    {
      path: "group_vars/all.yaml",
      content: "ansible_password: !unsafe 'hunter22%x'\n",
      lines: [1],
    },
    { path: "wifi.nmconnection", content: "[wifi-security]\npsk=Zk3vQ8r2\n", lines: [2] },
    { path: "etc/wireless.conf", content: 'network={\n  psk="Zk3vQ8r2"\n}\n', lines: [2] },
    { path: "app/server.conf", content: "url = amqp://me:hunter22@mq\n", lines: [1] },
    {
      path: "config/configuration.yml",
      content: "session:\n  name: a\nstorage:\n  encryption_key: Zk3vQ8r2\n",
      lines: [4],
    },
    { path: "app/settings.json", content: '{"db": {\n  "password": "Zk3vQ8r2"}}\n', lines: [2] },
    {
      path: "compose.yaml",
      content: "services:\n  db:\n    environment:\n      - A=b\n      - DB_PASSWORD=hunter22\n",
      lines: [5],
    },
    {
      path: "hosts/a.nix",
      content:
        '{\n  services.a = { user = "x"; password = "Winter2024!"; };\n  users = [ { name = "a"; token = "Zk3vQ8r2"; } ];\n}\n',
      lines: [2, 3],
    },
    {
      path: "infra/locals.tf",
      content:
        'locals { db = { user = "x", password = "Winter2024!" } }\nauth = [{ username = "x", token = "Zk3vQ8r2" }]\n',
      lines: [1, 2],
    },
    {
      path: "app/in-braces.conf",
      content:
        "auth: { username: x, password: Winter2024! }\nauth = { \"user\": \"x\", 'password': 'Winter2024!' }\n",
      lines: [1, 2],
    },
    {
      path: "app/in-braces.toml",
      content: 'db = { user = "x", password = "Winter2024!" }\n',
      lines: [1],
    },
    {
      path: "app/in-braces.jsonc",
      content: '// a\n{"db": {"user": "x", "password": "Winter2024!"}}\n',
      lines: [2],
    },
    {
      path: "scripts/login.sh",
      content:
        'curl -d \'{"username":"a","password":"Winter2024!"}\' http://a\ncurl -d "{\\"username\\":\\"a\\",\\"password\\":\\"Winter2024!\\"}" http://a\n',
      lines: [1, 2],
    },
    {
      path: "app/login.yaml",
      content:
        'kind: Job\nspec:\n  args:\n    - curl -d \'{"user":"a","password":"Winter2024!"}\' http://a\n    - |\n      sleep 1\n      curl -d \'{"user":"a","password":"Winter2024!"}\' http://a\n---\nkind: ConfigMap\ndata:\n  a.conf: |\n    auth { user = "x", password = "Winter2024!" }\n    include(a)\n',
      lines: [4, 7, 12],
    },
    {
      path: "compose/mail.yaml",
      content:
        "services:\n  a:\n    environment:\n      SMTP_PW: Winter2024!\n      MAIL_PWD: Winter2024!\n      BOUNCER_KEY_traefik: Winter2024\n      WG_PRIVKEY: Zk3vQ8r2LmN9pXw1bT6yAqD5sH7jK0cV4nE8uRfGi2W=\n  b:\n    environment:\n      - SMTP_PW=Winter2024!\n      - BOUNCER_KEY_traefik=Winter2024\n    login: {user: me, pw: Winter2024!}\n",
      lines: [4, 5, 6, 7, 10, 11, 12],
    },
    {
      path: "crowdsec/env.yaml",
      content:
        "kind: Deployment\nspec:\n  env:\n    - name: BOUNCER_KEY_traefik\n      value: Winter2024\n    - name: SMTP_PW\n      value: Winter2024\n",
      lines: [5, 7],
    },
    {
      path: "alertmanager/config.yml",
      content:
        "receivers:\n  - pagerduty_configs:\n      - routing_key: 3f9a1c7e5b2d4860a1b2c3d4e5f60718\n      - service_key: 3f9a1c7e5b2d4860a1b2c3d4e5f60718\n",
      lines: [3, 4],
    },
    {
      path: "etc/trailing.ini",
      content:
        "[a]\npassword = Winter2024! # for now\npassword = Winter2024! ; for now\npassword = #Winter2024!\n",
      lines: [2, 3, 4],
    },
    {
      path: "etc/trailing.toml",
      content:
        'a = { "b#" = 1, token = "a1b2c3d4x" } # { c }\na = {url = b#c, d = {token = "a1b2c3d4x"}}\n',
      lines: [1, 2],
    },
    // A block, and what stands beside a selector.
    {
      path: "etc/blocks.conf",
      content:
        'client{password="a1b2c3d4x"}\n  Director{Name = "a"; Password = "a1b2c3d4x"}\na = {b = "{c=~\\"d\\"}", token = "a1b2c3d4x"}\na = {b = "c != \'d\'", token = "a1b2c3d4x"}\na = {token = "a1b2c3d4x"}[0]\n',
      lines: [1, 2, 3, 4, 5],
    },
    // What Home Assistant has beside sensors has names that passwords have, too.
    {
      path: "home-assistant/secrets.yaml",
      content: "a_password: person.of_interest1\nb_password: correct horse battery\n",
      lines: [1, 2],
    },
    { path: "etc/mail.toml", content: 'smtp_pw = "Winter2024!"\n', lines: [1] },
    {
      path: "app/peer.yaml",
      content: "apiVersion: metallb.io/v1beta2\nkind: BGPPeer\nspec:\n  password: hunter22\n",
      lines: [4],
    },
  ],
  misses: [
    {
      path: "monitoring/prometheus.yml",
      content:
        "scrape_configs:\n  - authorization: {credentials: '${TOKEN1}'}\n  - authorization: {credentials_file: /run/a1b2c3d4}\n  - credentials: hunter22a\n  - authorization: {credentials: prometheus}\n",
    },
    // Names of what Home Assistant knows.
    {
      path: "home-assistant/secrets.yaml",
      content: "solar_pw: sensor.x1\nwifi_password: input_text.wifi_1\n",
    },
    {
      path: "home-assistant/solar.yaml",
      content:
        "solar: {solar_pw: sensor.x1, battery_pass: binary_sensor.door_1, token: input_text.a1}\n",
    },
    {
      path: "monitoring/rules.yaml",
      content:
        'kind: PrometheusRule\nspec:\n  groups:\n    - rules:\n        - expr: |\n            sum by (a) (x{secret="db-creds1", token="0123abcd4567"})\n        - expr: x{password=\'0123abcd4567\'}\n',
    },
    {
      path: "app/trailing.toml",
      content:
        'a = { b = 1 } # { token = "a1b2c3d4x" }\npassword = "" # "Winter2024!"\ntoken = \'\' # of Winter2024\n',
    },
    {
      path: "app/trailing.ini",
      content: "password = correct # since v2024\ntoken = ${A} ; hunter22\n",
    },
    // A program of jq's, and what a shell puts in.
    {
      path: "scripts/in-braces.sh",
      content:
        'curl -d "{\\"password\\":\\"$PASSWORD1\\"}" http://a\ncurl -d \'{"password":"\'$PASSWORD1\'","token":"\'"$TOKEN2"\'"}\' http://a\njq \'{password: .data.password1, token: $token1, api_key: (.a1 + "b")}\' a.json\njq \'.items[] | {name: .name, password: .secret1.password | @base64d, token, secret1}\' a.json\njq \'{token: tokens1234}, {password: env1234.PASSWORD}\' a.json\nawk \'{password=field12; print password}\'\nyq \'.a.password = strenv(PASSWORD1)\' a.yaml\n',
    },
    {
      path: "hosts/in-braces.nix",
      content:
        '{\n  a = { passwordFile = "/run/secrets/pw1"; token = config.sops.placeholder."a1"; };\n  b = { password = "${config.x1}"; token = token12345; secret = "app-secret-1"; };\n}\n',
    },
    {
      path: "infra/in-braces.tf",
      content:
        'b = { password = var.password1, token = "${var.token1}", api_key = local1234 }\nc = { password = "correct", token_path = "a1b2c3d4" }\n',
    },
    {
      path: "app/in-braces.conf",
      content:
        "log: { password: ${PASSWORD1}, token: $TOKEN1, api_key: key.of.app1 }\n# auth: { username: x, password: Winter2024! }\nusername: x, password: Winter2024!\n",
    },
    // jq puts the values in.
    {
      path: "scripts/env.sh",
      content:
        "jq -r '\"S3_SECRET_KEY=\\(.s3_secret_key)\\nS3_PASSWORD=\\(.s3.password1)\"' a.json\nS3_SECRET_ACCESS_KEY=\\(.s3_secret_access_key)\n",
    },
    {
      path: "scripts/install.sh",
      content:
        'helm install a b --set "password=$PASSWORD1" --set auth.existingSecret=a1b2c3d4 --set auth.password=${PASSWORD1},b=c\necho "$TOKEN" | docker login -u me1 --password-stdin ghcr.io\ndocker login -u me -p "$TOKEN1"\ndocker login ghcr.io -p <password1>\nhelm install a b --set secretName=hunter22 --set token.enabled=true1\n',
    },
    {
      path: ".github/workflows/a.yaml",
      content:
        'jobs:\n  a:\n    steps:\n      - run: docker login -u me1 -p "${{ secrets.TOKEN1 }}"\n      - run: PGPASSWORD=$PASSWORD1 psql -p 5432\n      - command: app --password-file /run/a1b2c3d4 --token "$TOKEN1"\n',
    },
    {
      path: "justfile",
      content:
        'token := env("TOKEN1")\npassword := env_var_or_default("PASSWORD1", "")\nsecret_key := uuid.of(key1)\n',
    },
    { path: "Makefile", content: "TOKEN := $(shell cat token1)\nPASSWORD ?= $(PASSWORD1)\n" },
    {
      path: "infra/variables.tf",
      content:
        'variable "db_password" {\n  sensitive = true\n}\nvariable "b" {\n  default = "Zk3vQ8r2"\n}\nvariable "api_token" {\n  default = ""\n}\nvariable "password" { default = "changeme1" }\n',
    },
    {
      path: "app/ingress.yaml",
      content:
        "kind: Ingress\nmetadata:\n  annotations:\n    gethomepage.dev/widget.key: '{{ HOMEPAGE_VAR_KEY }}'\n    gethomepage.dev/widget.password: '{{ HOMEPAGE_VAR_PASSWORD }}'\n    a/password: Winter2024!\n",
    },
    {
      path: "esphome/node.yaml",
      content: "api:\n  encryption:\n    key: !secret api_encryption_key_2\n",
    },
    { path: "scripts/a.sh", content: "python - <<EOF\ntoken = valid_tokens[0]\nEOF\n" },
    {
      path: "scripts/deploy.sh",
      content:
        'TOKEN=$(cat token1)\nPASSWORD="$2"\nSECRET_KEY=`openssl rand -hex 32`\nAPI_KEY=${API_KEY:-}\n# API_TOKEN=Zk3vQ8r2\nread -r PASSWORD1\nTOKEN=`cat/token1`\n',
    },
    { path: "ansible/hosts", content: "node1 ansible_become_pass={{ pass1 }} ansible_host=a1\n" },
    {
      path: "charts/app/values.schema.json",
      content: '{"properties": {"mq": {\n  "default": "amqp://guest:hunter22@localhost"}}}\n',
    },
    {
      path: "app/settings.toml",
      content:
        'password = "correct"\ntoken = "${TOKEN}"\nsecret_key = "/run/secrets/key1"\npassword = hunter22\n# password = "hunter22"\n',
    },
    { path: "app/settings.example.toml", content: 'password = "hunter22"\n' },
    { path: "test/settings.toml", content: 'password = "hunter22"\n' },
    {
      path: "systemd/app.service",
      content:
        "[Service]\nEnvironment=DB_PASSWORD_FILE=%d/password1 TOKEN=%i1\nEnvironment=TOKEN=${TOKEN1}\nEnvironmentFile=/etc/app.env\nLoadCredential=password:/etc/password1\n",
    },
    {
      path: "hosts/node1/app.nix",
      content:
        '{\n  services.app.passwordFile = "/run/secrets/password1";\n  db-secret = "app-database-1";\n  token-secret = "app-token-hs256";\n  password = config.sops.placeholder."db1";\n  token = "${cfg.token1}";\n  secret_key = "@SECRET_KEY1@";\n  hashedPasswordFile = config.sops.secrets.a1.path;\n}\n',
    },
    {
      path: "playbooks/db.yaml",
      content: "- shell: mysql -p{{ password1 }}\n- shell: /bin/bash1\n",
    },
    {
      path: "deploy.sh",
      content: "gcloud run deploy a --set-secrets=DB_PASSWORD=db-login:1\n",
    },
    {
      path: "infra/main.tf",
      content: "password = data.vault.main.kube_config[0].password\ntoken = var.token1\n",
    },
    {
      path: "config/configuration.yml",
      content: "password: correct\nlabels: {token: hunter22}\nsecretKeyRef: {token: hunter22}\n",
    },
    {
      path: "home-assistant/secrets.yaml",
      content: "wifi_password: !secret wifi\ntoken: ''\npassword: changeme\n",
    },
    {
      path: ".github/workflows/secret-scan.yml",
      content: "on: push\npermissions:\n  contents: read\n  id-token: write\n",
    },
    {
      path: "app/secrets.yaml",
      content: "apiVersion: example.org/v1\nkind: Thing\nspec:\n  password: correct-horse\n",
    },
    {
      path: "esphome/door.yaml",
      content:
        "ota: {password: !secret door2_ota}\nmqtt:\n  password: !secret zigbee2mqtt_mqtt\n  token: !env_var MQTT2\n",
    },
    { path: "i18n/de.json", content: '{"password": "Passwort", "token": "Zeichen"}\n' },
    {
      path: "app/other.yaml",
      content:
        "apiVersion: example.org/v1\nkind: Thing\nspec:\n  password: correct\n  passwordSecretRef: {password: hunter22}\n",
    },
    {
      path: "app/bindings.yaml",
      content:
        "routing_key: orders.created.v1\nservice_key: grafana-main1\nbouncer_key_file: bouncer1.txt\npw: Winter2024!\nprivkey: privkey1.pem\nSMTP_PW: ${SMTP_PW1}\nBOUNCER_KEY_traefik: ${KEY1}\nINIT_PWD: /srv/app1\n",
    },
    {
      path: "crd.yaml",
      content: "kind: CustomResourceDefinition\nspec: {env: [{name: PASSWORD, value: hunter22}]}\n",
    },
    {
      path: "renovate.json",
      content:
        '{"hostRules": [{"matchHost": "ghcr.io", "encrypted": {"password": "wcFMA/xDdHCJBTolAQ9FZk3vQ8r2LmN9"}}]}\n',
    },
    {
      path: "renovate.json5",
      content:
        '{encrypted: {password: "wcFMA/xDdHCJBTolAQ9FZk3vQ8r2LmN9"}}\n// also\n  password: "wcFMA/xDdHCJBTolAQ9FZk3vQ8r2LmN9"\n',
    },
  ],
};
