// Runs the statements of the file of SQL that is named, in memory, and prints the
// rows that they give. It needs DuckDB's package @duckdb/node-api.
const { readFileSync } = require("node:fs");
const { DuckDBInstance } = require("@duckdb/node-api");

async function main() {
  const db = await DuckDBInstance.create(":memory:");
  const connection = await db.connect();
  const sql = readFileSync(process.argv[2], "utf8").replace(/^--.*$/gm, "");
  for (const statement of sql.split(";").filter((s) => s.trim() !== "")) {
    const result = await connection.runAndReadAll(statement);
    for (const row of result.getRows()) console.log(row.join("\t"));
  }
}

main().catch((err) => {
  console.error(String(err));
  process.exit(1);
});
