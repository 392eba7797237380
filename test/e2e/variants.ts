const EXTRAS = "--example --schemas --renovate --tasks";

/** The kinds of repository that are scaffolded, by title: flags of `init`. */
export const variants: ReadonlyMap<string, readonly string[]> = new Map(
  (
    [
      ["GitHub", "--owner me"],
      ["GitHub Enterprise", "--host ghe.example.org --owner team"],
      ["GitLab", "--provider gitlab --owner group/subgroup"],
      ["GitLab of one's own", "--provider gitlab --host git.example.org:8443"],
      ["Forgejo", "--provider forgejo --owner me"],
      ["Gitea of one's own", "--provider forgejo --host git.example.org --owner me"],
      ["Git over HTTPS", "--provider git --url https://git.example.org/me/lab.git"],
      ["Git over SSH", "--provider git --url ssh://git@git.example.org:2222/me/lab.git"],
    ] as const
  ).flatMap(([name, flags]) =>
    [
      ["", ""],
      ...(name === "GitHub" ? [["with all that can be added", EXTRAS]] : []),
      [
        "another cluster and branch, with the example",
        "--example --cluster edge-2 --branch prod/eu --repository Lab.2",
      ],
    ].map(
      ([title = "", more = ""]) =>
        [
          [name, title].filter((part) => part !== "").join(", "),
          `${flags} ${more}`.trim().split(" "),
        ] as const,
    ),
  ),
);
