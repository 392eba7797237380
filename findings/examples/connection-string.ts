import type { Examples } from "./example.ts";

/** Of `inline-credential`: connection strings that are no URLs. */
export const CONNECTION_STRING: Examples = {
  hits: [
    {
      path: "app/dotnet.yaml",
      content:
        "kind: Deployment\nspec: {containers: [{env: [\n  {name: ConnectionStrings__Default, value: 'Server=db,1433;Database=app;User Id=app;Password=hunter22;Encrypt=true'},\n  {name: Cache, value: 'redis:6379,password=hunter22,ssl=False'}]}]}\n",
      lines: [3, 4],
    },
    {
      path: "app/appsettings.json",
      content: '{"ConnectionStrings": {\n  "Default": "Server=db;Uid=app;Pwd=hunter22;"}}\n',
      lines: [2],
    },
    {
      path: "app/libpq.yaml",
      content:
        "kind: HelmRelease\nspec:\n  values:\n    dsn: host=db port=5432 user=app password=hunter22 dbname=app\n    config.yaml: |\n      a: b\n      dsn: \"host=db user=app password='hunter 22'\"\n",
      lines: [4, 7],
    },
    {
      path: "app/jdbc.yaml",
      content:
        "kind: ConfigMap\ndata:\n  a: jdbc:postgresql://db/app?user=app&password=hunter22\n  b: jdbc:sqlserver://db:1433;databaseName=a;user=app;password=hunter22;\n  app.properties: |\n    a=b\n    url=jdbc:mariadb://db/app?password=hunter22\n",
      lines: [3, 4, 7],
    },
    {
      path: "app/go.yaml",
      content: "kind: Thing\ndsn: app:hunter22@tcp(db:3306)/app\n",
      lines: [2],
    },
    {
      path: "app/azure.yaml",
      content: `kind: Thing\nbus: Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${"a1B2".repeat(10)}a1B=\nstorage: AccountName=a;AccountKey=${"a1B2".repeat(21)}a1==\n`,
      lines: [2, 3],
    },
  ],
  misses: [
    {
      path: "app/dotnet.yaml",
      content:
        "kind: ConfigMap\ndata:\n  a: Server=db;User Id=app;Password=${DB_PASSWORD}\n  b: Server=db;User Id=app;Password=$(DB_PASSWORD);\n  c: Server=db;User Id=app;Password={0}\n  d: Server=db;Database=app;Integrated Security=true\n  e: Server=db;Uid=app;Pwd=<password>\n  f: Server=db;User Id=app;Password={{ .Values.password }}\n",
    },
    {
      path: "app/libpq.yaml",
      content:
        "kind: ConfigMap\ndata:\n  a: host=db user=app password=$PASSWORD\n  b: host=db user=app password=%s\n  c: host=db user=app passfile=/run/pgpass\n  d: the form has username= and password=, and both are needed\n  e: host=db user=app password=changeme\n",
    },
    {
      path: "app/others.yaml",
      content:
        "kind: ConfigMap\ndata:\n  a: jdbc:postgresql://db/app?user=app\n  b: app@tcp(db:3306)/app\n  c: app:${PASSWORD}@tcp(db:3306)/app\n  d: AccountName=a;AccountKey=${KEY}\n  e: Endpoint=sb://a/;SharedAccessKeyName=Root;SharedAccessKey=$(KEY)\n",
    },
  ],
};
