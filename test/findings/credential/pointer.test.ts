import test from "ava";
import { isPointer } from "../../../findings/credential/pointer.ts";

const POINTERS = [
  "${VAR}",
  " ${VAR}\n",
  "${A}:${B}",
  "${A:-}",
  '${A:=""}',
  "${A:-${B}}",
  "${A:-${B:-${C}}}",
  "$(NAME)",
  "op://vault/item/field name",
  "ref+awsssm://path/to#key",
  "<path:secret/data/a#b>",
  "vault://infra/talos/MACHINE_TOKEN",
  "vault:secret/data/a#password",
  "azure://homelab/flux/username",
  "secret://op_connect_token",
  "azure://vault-name/secret-name#field",
  "{{ .Values.a }}",
  "{{ .a | b64enc | quote }}",
  '{{ index .Values "a" }}',
  '{{ "{{ .password }}" }}',
  "{{ lookup('env', 'A') }}",
  "{{ a }}/{{ b }}",
  "#{ a }#",
  "<%= a %>",
  "<< a >>",
  "{% a %}",
  "$MY_PASSWORD",
];

const LITERALS = [
  "",
  "hunter2",
  "!!!***",
  "${VAR:-hunter2}",
  "${VAR:=hunter2}",
  "${A:-${B:-hunter2}}",
  "${A:-${B}x}",
  "x${VAR}",
  "postgres://${A}:${B}@db",
  "${VAR",
  "${}",
  "${1}",
  "{{ a",
  '{{ "hunter2" | b64enc }}',
  '{{ .a | default "hunter2" }}',
  '{{ default "hunter2" .a }}',
  "{{ a | default('hunter2') }}",
  "$PASSWORD",
  "$ecret",
  "$MY_PASSWORD1x",
  "$MY_PASSWORD!a",
  "<<a>>",
  '<< "hunter2" >>',
  '{% a | default("hunter2") %}',
  "<password>",
  "https://op://a",
  "azure://account:hunter2@container",
  "azure://container/a?sv=2020&sig=hunter2",
  "secret://app:hunter2@db",
  "vault: hunter2",
  "vaulted#hunter2",
  "ENC[AES256_GCM,data:aa]",
  "ä",
  "${A}".repeat(5000),
];

for (const value of POINTERS) {
  test(`only points: ${JSON.stringify(value)}`, (t) => {
    t.true(isPointer(value));
  });
}

for (const value of LITERALS) {
  test(`is a literal: ${JSON.stringify(value.slice(0, 40))}`, (t) => {
    t.false(isPointer(value));
  });
}

test("in scripts, $NAME points too", (t) => {
  t.true(isPointer("$PASSWORD", { shell: true }));
  t.true(isPointer("$A:$B", { shell: true }));
  t.false(isPointer("$ecret", { shell: true }));
});
