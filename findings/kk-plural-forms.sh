#!/bin/sh
# How many plural forms has Kazakh? The tools of gettext do not agree.
#
# Guessed: two everywhere (n != 1), as CLDR says and as the catalogue's own head says.
# Seen:    Babel and the npm package plural-forms: two. node-gettext has one, of its own table, and
#          does not look at the head of the catalogue: from a catalogue made by Babel it shows the
#          form for one whatever the number is.
# With:    Babel 2.19.0; node-gettext 3.0.1, gettext-parser 10.0.0, plural-forms 0.5.5, Node 20.
# Matters: one catalogue for a bot in Python and a page in JavaScript: "1 number" would be said of 5.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check Babel==2.19.0 || exit 2
npm install --silent --no-audit --no-fund --no-save node-gettext@3.0.1 gettext-parser@10.0.0 \
    plural-forms@0.5.5 || exit 2
v/bin/python - <<'PY'
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

catalog = Catalog(locale="kk")
catalog.add(("one number", "%d numbers"), ("жалғыз нөмір", "%d нөмір"))
with open("kk.mo", "wb") as file:
    write_mo(file, catalog)
print(f"Babel: {catalog.plural_forms}")
PY
cat >look.mjs <<'JS'
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import * as parser from "gettext-parser";
const require = createRequire(import.meta.url);
const Gettext = require("node-gettext");
const changed = [];
const see = (what, guessed, written, got) => {
  console.log(`${what}\n  guessed: ${guessed}\n  seen:    ${got}`);
  if (String(got) !== String(written)) changed.push(what);
};
const catalogue = (parser.mo ?? parser.default.mo).parse(readFileSync("kk.mo"));
see("Babel's catalogue: forms", 2, 2, /nplurals=(\d)/.exec(
  catalogue.headers["Plural-Forms"] ?? catalogue.headers["plural-forms"])[1]);
see("plural-forms: forms of kk", 2, 2, require("plural-forms").getNPlurals("kk"));
const reader = new Gettext();
reader.addTranslations("kk", "messages", catalogue);
reader.setLocale("kk");
for (const [number, guessed] of [[1, "жалғыз нөмір"], [5, "%d нөмір"]]) {
  see(`node-gettext: the sentence for ${number}`, guessed, "жалғыз нөмір",
    reader.ngettext("one number", "%d numbers", number));
}
process.exit(changed.length ? (console.error("changed:", changed), 1) : 0);
JS
node look.mjs
