// Write src/wire.gen.ts from the JSON Schemas that the server exports to docs/wire/; with --check, only compare.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile } from "json-schema-to-typescript";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const wire = here("../../docs/wire");
const target = here("../src/wire.gen.ts");
const definitions = {};

for (const file of readdirSync(wire).filter((name) => name.endsWith(".json")).sort()) {
  const { $defs = {}, ...root } = JSON.parse(readFileSync(`${wire}/${file}`, "utf8"));
  Object.assign(definitions, $defs);
  const name = root.title ?? file.replace(/(\.schema)?\.json$/, "").replace(/(^|[_-])(\w)/g, (_, __, first) => first.toUpperCase());
  definitions[name] = root;
}

// A field's own title would become a type of its own; a constant field is always there.
function tidied(node) {
  if (Array.isArray(node)) return node.map(tidied);
  if (node === null || typeof node !== "object") return node;
  const always = Object.entries(node.properties ?? {}).filter(([, field]) => "const" in field);
  if (always.length) node = { ...node, required: [...new Set([...(node.required ?? []), ...always.map(([name]) => name)])] };
  const kept = Object.entries(node).map(([key, value]) => [key, key === "properties" ? fields(value) : tidied(value)]);
  return Object.fromEntries(kept);
}

function fields(properties) {
  const untitled = Object.entries(properties).map(([name, { title: _title, ...field }]) => [name, tidied(field)]);
  return Object.fromEntries(untitled);
}

const schema = { title: "Wire", type: "object", additionalProperties: false, $defs: tidied(definitions) };
const text = await compile(schema, "Wire", {
  bannerComment: "/** What the server says, written by `npm run types` from docs/wire/: do not edit. */",
  unreachableDefinitions: true,
  additionalProperties: false,
});
const plain = text
  .replace(/export interface Wire \{\}\n/, "")
  .replace(/ \*\n \* This interface was referenced by[^\n]*\n[^\n]*\n/g, "")
  .replace(/\/\*\*\n \* This interface was referenced by[^\n]*\n[^\n]*\n \*\/\n/g, "");

if (!process.argv.includes("--check")) writeFileSync(target, plain);
else if (readFileSync(target, "utf8") !== plain) {
  process.stderr.write("src/wire.gen.ts does not say what docs/wire/ says; run: npm run types\n");
  process.exit(1);
}
