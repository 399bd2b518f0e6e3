// Reads a JSON list of statements, prints a JSON list of {ok, ast} or {ok, error}.
const { parseQuery } = require("@jetstreamapp/soql-parser-js");
const { readFileSync } = require("node:fs");

function answer(statement) {
  try {
    return { ok: true, ast: parseQuery(statement) };
  } catch (error) {
    return { ok: false, error: String(error.message).split("\n")[0] };
  }
}

const statements = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(statements.map(answer)));
