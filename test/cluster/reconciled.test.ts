import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { selfSigned } from "../scaffold/self-signed.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { type ClusterUser, clusterUser, secretsArrived as arrived } from "./cluster-user.ts";
import { type Lab, startLab } from "./in-lab.ts";

/** From bootstrap on, in the order of a repository's life. */

let lab: Lab;
let user: ClusterUser;
const cleanUps: (() => void)[] = [];

const SECRETS = "clusters/homelab/secrets";

test.before(async () => {
  lab = await startLab();
  user = clusterUser({ teardown: (cleanUp) => cleanUps.push(cleanUp) }, lab, "lab", ["--example"]);
});

test.after.always(() => {
  for (const cleanUp of cleanUps) cleanUp();
});

function secretsArrived(t: Parameters<typeof arrived>[0]) {
  arrived(t, user, SECRETS);
}

test.serial("bootstrap: dry run, no cluster, a cluster, and again", async (t) => {
  const dry = user.bootstrap("--dry-run");
  t.is(dry.status, 0, dry.stderr);
  t.throws(() => user.kubectl("get", "namespace", "flux-system"), { message: /NotFound/ });

  const nowhere = join(user.home, "nowhere.kubeconfig");
  writeFileSync(nowhere, readFileSync(lab.kubeconfig, "utf8").replace(/:\d+$/m, ":1"));
  const failed = user.run(
    "node",
    [".flux-sops/flux-sops.mjs", "bootstrap", "--yes", "--username=me"],
    { env: { KUBECONFIG: nowhere } },
  );
  t.is(failed.status, 2);
  t.regex(
    failed.stderr,
    /kubectl failed, see above \(kubectl --context=lab apply --server-side -f -\)/,
  );

  const first = user.bootstrap();
  t.is(first.status, 0, first.stdout + first.stderr);
  const again = user.bootstrap();
  t.is(again.status, 0, again.stdout + again.stderr);
  user.must("pull", "-q", "--rebase");
  await user.reconciled();
  secretsArrived(t);
});

test.serial("every type that new secret makes", async (t) => {
  const { cert, key } = selfSigned("web.example.org");
  const files = { "tls.crt": cert, "tls.key": key, "config.json": '{"auths":{}}', id: "a key\n" };
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(user.home, name), content);
  writeFileSync(join(user.home, "bytes"), Buffer.from([0, 255, 254, 10]));
  const at = (name: string) => join(user.home, name);
  const flags: Readonly<Record<string, readonly string[]>> = {
    generic: [
      "--from-literal=number=1",
      "--from-literal=no=no",
      "--from-literal=empty=",
      "--generate=random",
    ],
    bytes: [`--from-file=${at("bytes")}`, "--from-literal=text=l1\nl2\n"],
    "basic-auth": ["--type=basic-auth", "--from-literal=username=u", "--generate=password:40"],
    "ssh-auth": ["--type=ssh-auth", `--from-file=ssh-privatekey=${at("id")}`],
    tls: [`--cert=${at("tls.crt")}`, `--key=${at("tls.key")}`],
    "docker-registry": ["--docker-server=ghcr.io", "--docker-username=u", "--docker-password=p"],
    dockercfg: ["--type=dockercfg", `--from-file=.dockercfg=${at("config.json")}`],
    other: ["--type=example.org/other", "--from-literal=a=b"],
  };
  for (const [name, more] of Object.entries(flags)) {
    const { status, stderr } = user.tool("new", "secret", name, "--namespace=shop", ...more);
    t.is(status, 0, stderr);
  }
  const token = user.tool(
    ...["new", "secret", "bootstrap-token-abcdef", "--namespace=kube-system"],
    ...["--type=bootstrap.kubernetes.io/token", "--from-literal=token-id=abcdef"],
    "--from-literal=token-secret=0123456789abcdef",
  );
  t.is(token.status, 0, token.stderr);
  const workload = user.tool(
    ...[
      "new",
      "workload",
      "web",
      "--namespace=shop",
      "--image=ghcr.io/me/web:1",
      "--generate=TOKEN",
    ],
  );
  t.is(workload.status, 0, workload.stderr);
  user.push("Add Secrets of every type");
  await user.reconciled();
  secretsArrived(t);
  t.is(user.objects("deployments").filter(({ metadata }) => metadata.name === "web").length, 1);
});

test.serial("a changed value, a new data key and new recipients arrive", async (t) => {
  const file = `${SECRETS}/generic.sops.yaml`;
  const set = user.tool("set", file, '["stringData"]["number"]', '"2"');
  t.is(set.status, 0, set.stderr);
  user.push("Change a value");
  await user.reconciled();
  secretsArrived(t);

  t.is(user.tool("rotate", "-i", file).status, 0);
  user.push("Change the data key");
  await user.reconciled();
  secretsArrived(t);

  const { recipient } = await generateKeyPair();
  user.write(
    ".sops.yaml",
    user.read(".sops.yaml").replaceAll(/^( +)(age1\w+)$/gm, `$1$2,\n$1${recipient}`),
  );
  const updated = user.tool("updatekeys", "-y", "clusters");
  t.is(updated.status, 0, updated.stderr);
  t.regex(user.read(file), new RegExp(recipient));
  user.push("Add a recipient");
  await user.reconciled();
  secretsArrived(t);
});

test.serial("a Secret that is removed from git is removed from the cluster", async (t) => {
  user.must("rm", "-q", `${SECRETS}/other.sops.yaml`);
  user.push("Remove a Secret");
  await user.reconciled();
  secretsArrived(t);
});

test.serial(
  "doctor: a healthy cluster, one without the key, with another, and who may not look",
  async (t) => {
    const doctor = (kubeconfig = lab.kubeconfig) =>
      user.run("node", [".flux-sops/flux-sops.mjs", "doctor", "--cluster"], {
        env: { KUBECONFIG: kubeconfig },
      });
    const healthy = doctor();
    t.is(healthy.status, 0, healthy.stdout);
    t.regex(healthy.stdout, /^ok {6}the Secret sops-age in flux-system opens what is encrypted/m);
    t.regex(healthy.stdout, /^ok {6}none of 5 Flux Kustomizations failed to decrypt$/m);
    t.regex(healthy.stdout, /^ok {6}none of \d+ Secrets and ConfigMaps that Flux applied holds/m);

    t.regex(
      doctor(lab.readerKubeconfig).stdout,
      /^wrong {3}kubectl: Error from server \(Forbidden\)/m,
    );
    const role = ["create", "clusterrole", "looks", "--verb=get,list"];
    user.kubectl(...role, "--resource=kustomizations.kustomize.toolkit.fluxcd.io");
    user.kubectl("create", "clusterrolebinding", "looks", "--clusterrole=looks", "--user=reader");
    t.regex(
      doctor(lab.readerKubeconfig).stdout,
      /^note {4}kubectl may not read the Secret sops-age/m,
    );

    user.kubectl("-n", "flux-system", "delete", "secret", "sops-age");
    const without = doctor();
    t.is(without.status, 1);
    t.regex(
      without.stdout,
      /^wrong {3}the Secret sops-age in flux-system is missing: Flux cannot decrypt\n {8}npx flux-sops bootstrap --cluster homelab$/m,
    );

    const { identity, recipient } = await generateKeyPair();
    const key = join(user.home, "other.agekey");
    writeFileSync(key, identity);
    user.kubectl(
      "-n",
      "flux-system",
      "create",
      "secret",
      "generic",
      "sops-age",
      `--from-file=age.agekey=${key}`,
    );
    const other = doctor();
    t.is(other.status, 1);
    t.regex(
      other.stdout,
      new RegExp(
        `^wrong {3}.* has no key for what the rule in line .*: it has ${recipient}, `,
        "m",
      ),
    );

    // Nobody's key is replaced that another program has put there.
    const refused = user.bootstrap();
    t.is(refused.status, 2);
    t.regex(refused.stderr, /Apply failed with 1 conflict: conflict with "kubectl-create"/);
    user.kubectl("-n", "flux-system", "delete", "secret", "sops-age");
    const again = user.bootstrap();
    t.is(again.status, 0, again.stderr);
    t.is(doctor().status, 0);
  },
);
