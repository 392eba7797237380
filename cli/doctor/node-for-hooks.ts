import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { shellText } from "../../git/shell-word.ts";
import { findHookManager } from "../../scaffold/hook-manager/find.ts";
import { type Diagnosis, note, ok, wrong } from "./diagnosis.ts";

/** What a program has that was not started from a shell: launchd's PATH, and systemd's. */
const DESKTOP_PATH: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: "/usr/bin:/bin:/usr/sbin:/sbin",
  linux: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
};

const INIT = "${XDG_CONFIG_HOME:-$HOME/.config}/husky/init.sh";

/** What husky does before it runs a hook; an init.sh that ends by itself ends the hook, too. */
const AS_HUSKY = `
[ ! -f "${INIT}" ] || . "${INIT}"
[ "\${HUSKY-}" = 0 ] && exit 0
echo
echo "reached $(command -v node >/dev/null 2>&1 && node --version)"
`;

/** Do the hooks find node, started by a desktop client that knows nothing of a shell's PATH? */
export async function diagnoseNode(directory: string): Promise<Diagnosis[]> {
  const path = DESKTOP_PATH[process.platform];
  if (path === undefined) return [];
  const isHusky = (await findHookManager(directory)).kind === "husky";
  const script = isHusky ? AS_HUSKY : AS_HUSKY.replace(/^\[ .*\n/gm, "");
  const { HOME, XDG_CONFIG_HOME } = process.env;
  const { stdout } = spawnSync("sh", ["-e", "-c", script], {
    cwd: directory,
    env: {
      PATH: path,
      ...(HOME === undefined ? {} : { HOME }),
      ...(XDG_CONFIG_HOME === undefined ? {} : { XDG_CONFIG_HOME }),
    },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const reached = /^reached (.*)$/m.exec(stdout);
  if (reached === null) {
    return [
      wrong(
        "husky's init.sh ends every hook before it begins (HUSKY=0, or exit): commits are not looked at",
        "take that out of ~/.config/husky/init.sh",
      ),
    ];
  }
  const found = /^v(\d+)\.(\d+)/.exec(reached[1] ?? "");
  if (found !== null && isNewEnough(Number(found[1]), Number(found[2]))) {
    return [ok(`the hooks find node ${found[0]} from a desktop client as well`)];
  }
  const what =
    found === null
      ? "a git client that is not started from a shell finds no node, and its commits are refused"
      : `a git client that is not started from a shell finds node ${found[0]}, which is too old`;
  const folder = dirname(process.execPath);
  return [
    note(
      `${what} (its PATH is ${path})`,
      isHusky
        ? `mkdir -p "${dirname(INIT)}" && echo ${shellText(`PATH=${shellText(folder)}:$PATH`)} >> "${INIT}"`
        : `put ${shellText(folder)} on the PATH of such a client`,
    ),
  ];
}

function isNewEnough(major: number, minor: number): boolean {
  return major > 20 || (major === 20 && minor >= 19);
}
