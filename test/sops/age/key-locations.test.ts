import os from "node:os";
import test from "ava";
import { homeFolder, userKeyFile } from "../../../sops/age/key-locations.ts";

const { userInfo } = os;
test.afterEach.always(() => {
  Object.assign(os, { userInfo });
});

test.serial("the key file lies in the home folder, in whatever folder a command is run", (t) => {
  t.is(userKeyFile({ HOME: "/home/a" }, "linux"), "/home/a/.config/sops/age/keys.txt");
  t.is(userKeyFile({ HOME: "/home/a", XDG_CONFIG_HOME: "/c" }, "linux"), "/c/sops/age/keys.txt");
  t.is(
    userKeyFile({ HOME: "/home/a" }, "darwin"),
    "/home/a/Library/Application Support/sops/age/keys.txt",
  );
  t.is(homeFolder({}), userInfo().homedir);
  t.is(homeFolder({ HOME: "" }), userInfo().homedir);
});

test.serial(
  "a user whom the machine does not know, as in some containers, has the root for a home",
  (t) => {
    Object.assign(os, {
      userInfo: () => {
        throw Object.assign(new Error("uv_os_get_passwd"), { code: "ERR_SYSTEM_ERROR" });
      },
    });
    t.is(homeFolder({}), "/");
    t.is(userKeyFile({ XDG_CONFIG_HOME: "/c" }, "linux"), "/c/sops/age/keys.txt");
  },
);
