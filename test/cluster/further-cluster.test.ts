import test from "ava";
import { parseKeyFile } from "../../sops/age/identity.ts";
import { clusterUser, secretsArrived } from "./cluster-user.ts";
import { startLab } from "./in-lab.ts";

test("a further cluster has its own tree, Secrets and key, and nothing of the first", async (t) => {
  const lab = await startLab();
  const all = ["--example", "--schemas", "--renovate", "--tasks"];
  const user = clusterUser(t, lab, "two", all);
  for (const args of [
    ["cluster", "edge"],
    ["secret", "db", "--cluster=edge", "--namespace=shop", "--generate=password:20"],
    ["workload", "web", "--cluster=edge", "--namespace=shop", "--generate=TOKEN"],
  ]) {
    const { status, stderr } = user.tool("new", ...args);
    t.is(status, 0, stderr);
  }
  user.push("Add the cluster edge");
  t.regex(
    user.bootstrap("--dry-run").stderr,
    /there are several clusters: name one with --cluster/,
  );
  const { status, stdout, stderr } = user.bootstrap("--cluster=edge");
  t.is(status, 0, stdout + stderr);
  user.must("pull", "-q", "--rebase");
  await user.reconciled();
  secretsArrived(t, user, "clusters/edge/secrets");
  t.is(user.objects("deployments").filter(({ metadata }) => metadata.name === "web").length, 1);
  t.throws(() => user.kubectl("get", "namespace", "demo"), { message: /NotFound/ });

  const held = user.kubectl(
    ...["-n", "flux-system", "get", "secret", "sops-age"],
    ...["-o", "jsonpath={.data.age\\.agekey}"],
  );
  const [, edge = ""] = /\^clusters\/edge\/[^]*?\b(age1\w+)/.exec(user.read(".sops.yaml")) ?? [];
  const keys = await parseKeyFile(Buffer.from(held, "base64").toString());
  t.deepEqual(
    keys.map(({ recipient }) => recipient),
    [edge],
  );
  t.is(user.tool("doctor", "--cluster", "edge").status, 0);
  t.regex(user.tool("doctor", "--cluster", "homelab").stdout, /^wrong {3}.* has no key for what/m);
});
