import test from "ava";
import { parsePushLines, PushLineError } from "../../../hooks/push/push-lines.ts";

const A = "a".repeat(40);
const B = "b".repeat(40);
const ZERO = "0".repeat(40);
/** Names of commits may begin or end with zeros. */
const ZEROS_FIRST = `${"0".repeat(20)}${"1".repeat(20)}`;
const ZEROS_LAST = `${"1".repeat(20)}${"0".repeat(20)}`;

test("new, changed and deleted refs, and names that are no refs", (t) => {
  t.deepEqual(
    parsePushLines(
      [
        `refs/heads/main ${A} refs/heads/main ${B}`,
        `HEAD~1 ${A} refs/heads/new ${ZERO}`,
        `(delete) ${ZERO} refs/heads/old ${B}`,
        `HEAD^{/a message} ${A} refs/heads/x ${ZERO}`,
        `refs/heads/a ${ZEROS_FIRST} refs/heads/a ${ZEROS_LAST}`,
        `refs/heads/b ${ZEROS_LAST} refs/heads/b ${ZEROS_FIRST}`,
        "",
      ].join("\n"),
    ),
    [
      { localRef: "refs/heads/main", localOid: A, remoteRef: "refs/heads/main", remoteOid: B },
      { localRef: "HEAD~1", localOid: A, remoteRef: "refs/heads/new", remoteOid: null },
      { localRef: "HEAD^{/a message}", localOid: A, remoteRef: "refs/heads/x", remoteOid: null },
      {
        localRef: "refs/heads/a",
        localOid: ZEROS_FIRST,
        remoteRef: "refs/heads/a",
        remoteOid: ZEROS_LAST,
      },
      {
        localRef: "refs/heads/b",
        localOid: ZEROS_LAST,
        remoteRef: "refs/heads/b",
        remoteOid: ZEROS_FIRST,
      },
    ],
  );
  t.deepEqual(parsePushLines(""), []);
});

test("anything else is refused, never taken for nothing to push", (t) => {
  for (const text of [
    "x",
    `refs/heads/main ${A} refs/heads/main`,
    `main ${A}x refs/heads/m ${B}`,
    `main ${A} refs/heads/m ${B}x`,
  ]) {
    t.throws(() => parsePushLines(text), {
      ...{ instanceOf: PushLineError, name: "PushLineError" },
    });
  }
});
