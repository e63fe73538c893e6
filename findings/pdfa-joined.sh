#!/bin/sh
# Two tagged PDF/A-2a documents joined into one, by four libraries.
#
# Guessed: title and language may be lost, tags and the profile of colours are kept.
# Seen:    into a new file: pypdf, pikepdf, PyMuPDF and pdf-lib keep the pages alone; language, tags,
#          colours and the PDF/A mark are gone, and pikepdf and pdf-lib leave the pages pointing into
#          a tree of tags that is not there. Added behind the first document: pypdf and pikepdf keep
#          its mark, so the file still calls itself PDF/A-2A though the second half has no tags; with
#          pikepdf both pages point to the tags of the first.
# With:    typst 0.15.2, pypdf 7.1.1, pikepdf 10.18.0, pymupdf 2.0; pdf-lib 1.17.1.
# Matters: "all certificates of a month in one PDF" is to be set as one document, not glued.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check typst==0.15.2 pypdf==7.1.1 pikepdf==10.18.0 \
    pymupdf==2.0 || exit 2
npm install --silent --no-audit --no-fund --no-save pdf-lib@1.17.1 || exit 2
v/bin/python - <<'PY'
import pathlib

import typst

for number in (1, 2):
    text = f'#set document(title: "Акт {number}")\n#set text(lang: "kk")\n= Акт {number}\nМәтін\n'
    pathlib.Path(f"{number}.pdf").write_bytes(
        typst.compile(text.encode(), format="pdf", pdf_standards="a-2a"))
PY
node - <<'JS'
const { PDFDocument } = require("pdf-lib");
const { readFileSync, writeFileSync } = require("fs");
(async () => {
  const joined = await PDFDocument.create();
  for (const name of ["1.pdf", "2.pdf"]) {
    const source = await PDFDocument.load(readFileSync(name));
    (await joined.copyPages(source, source.getPageIndices())).forEach((page) => joined.addPage(page));
  }
  writeFileSync("pdf-lib.pdf", await joined.save());
})();
JS
v/bin/python - <<'PY'
import sys

import pikepdf
import pymupdf
import pypdf

changed = []


def see(what, guessed, written, got):
    print(f"{what}\n  guessed: {guessed}\n  seen:    {got}")
    if got != written:
        changed.append(what)


def look(name):
    """PDF/A mark, language, tree of tags, profile of colours, entry of each page in the tree."""
    with pikepdf.open(name) as file:
        told = file.open_metadata()
        mark = f"{told.get('pdfaid:part')}{told.get('pdfaid:conformance')}"
        root = file.Root
        return (None if mark == "NoneNone" else mark, "/Lang" in root, "/StructTreeRoot" in root,
                "/OutputIntents" in root, [page.obj.get("/StructParents") for page in file.pages])


whole, bare, dangling = ("2A", True, True, True, [0]), (None, False, False, False, [None, None]), (
    None, False, False, False, [0, 0])
see("one of them: mark, language, tags, colours, pages", whole, whole, look("1.pdf"))
kept = "mark, tags and colours kept"

writer = pypdf.PdfWriter()
writer.append("1.pdf"), writer.append("2.pdf"), writer.write("new-pypdf.pdf")
see("new file, pypdf", kept, bare, look("new-pypdf.pdf"))
with pikepdf.new() as new, pikepdf.open("1.pdf") as one, pikepdf.open("2.pdf") as two:
    new.pages.extend(one.pages), new.pages.extend(two.pages), new.save("new-pikepdf.pdf")
see("new file, pikepdf", kept, dangling, look("new-pikepdf.pdf"))
new = pymupdf.open()
new.insert_pdf(pymupdf.open("1.pdf")), new.insert_pdf(pymupdf.open("2.pdf"))
new.save("new-pymupdf.pdf")
see("new file, PyMuPDF", kept, bare, look("new-pymupdf.pdf"))
see("new file, pdf-lib", kept, dangling, look("pdf-lib.pdf"))

writer = pypdf.PdfWriter(clone_from="1.pdf")
writer.append("2.pdf"), writer.write("behind-pypdf.pdf")
see("behind the first, pypdf", "mark dropped, or page 2 tagged",
    ("2A", True, True, True, [0, None]), look("behind-pypdf.pdf"))
with pikepdf.open("1.pdf") as one, pikepdf.open("2.pdf") as two:
    one.pages.extend(two.pages), one.save("behind-pikepdf.pdf")
see("behind the first, pikepdf", "mark dropped, or page 2 tagged",
    ("2A", True, True, True, [0, 0]), look("behind-pikepdf.pdf"))
sys.exit(f"changed: {changed}" if changed else 0)
PY
