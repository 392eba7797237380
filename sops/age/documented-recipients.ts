/**
 * Public keys that stand in everybody's documentation: the private one is lost, or known to all.
 *
 * @see getsops.io's "age", fluxcd.io's "Manage Kubernetes secrets with SOPS", age(1), age-keygen(1), and
 *   the age specification
 */
const DOCUMENTED = new Set([
  "age1yt3tfqlfrwdwx0z0ynwplcr6qxcxfaqycuprpmy89nr83ltx74tqdpszlw",
  "age1helqcqsh9464r8chnwc2fzj8uv7vr5ntnsft0tn45v2xtz0hpfwq98cmsg",
  "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
  "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z",
  "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj",
]);

/** Whether a recipient was copied from a manual. */
export function isDocumented(recipient: string): boolean {
  return DOCUMENTED.has(recipient);
}
