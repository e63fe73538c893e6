#!/bin/sh
# A package whose __init__ re-exports its modules, and another package that needs one of them.
#
# Guessed: grimp (which import-linter and pydeps-like checks stand on) draws every import, so a graph
#          without a circle means that any module may be imported first.
# Seen:    `from shop.errors.base import Refused` is one edge, to shop.errors.base; that it runs
#          shop/errors/__init__.py as well is no edge. import-linter keeps its contract and the graph
#          has an order, yet `import shop.values.amount` in a fresh process ends in ImportError
#          (partially initialized module), and `import shop.errors` does not.
# With:    grimp 3.19, import-linter 2.16 (contract "acyclic_siblings" is about packages, not this).
# Matters: whoever cuts a core into folders with re-exporting packages has a green check and a
#          program that starts or not by which module a caller happens to import first.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv v
v/bin/pip install -qq --disable-pip-version-check grimp==3.19 import-linter==2.16 || exit 2
mkdir -p shop/errors shop/values
: >shop/__init__.py
: >shop/values/__init__.py
printf 'from shop.errors.base import Refused\nfrom shop.errors.money import TooMuch\n' >shop/errors/__init__.py
printf 'class Refused(Exception):\n    pass\n' >shop/errors/base.py
printf 'from shop.errors.base import Refused\nfrom shop.values.amount import Amount\n\n\nclass TooMuch(Refused):\n    most: Amount\n' >shop/errors/money.py
printf 'from shop.errors.base import Refused\n\n\nclass Amount(int):\n    refusal = Refused\n' >shop/values/amount.py
v/bin/python - <<'PY'
import subprocess
import sys
from graphlib import TopologicalSorter

import grimp

changed = []


def see(what, guessed, written, got):
    print(f"{what}\n  guessed: {guessed}\n  seen:    {got}")
    if got != written:
        changed.append(what)


def runs(module):
    told = subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True, text=True)
    return "works" if not told.returncode else told.stderr.strip().splitlines()[-1].split(" (")[0].split(" from ")[0]


graph = grimp.build_graph("shop", cache_dir=None)
order = list(TopologicalSorter(
    {one: graph.find_modules_directly_imported_by(one) for one in graph.modules}).static_order())
see("the graph has an order", "so any may be first", True, len(order) == len(graph.modules))
see("edges of shop.values.amount", "base, and the package's __init__ that runs", {"shop.errors.base"},
    graph.find_modules_directly_imported_by("shop.values.amount"))
see("import shop.errors", "works", "works", runs("shop.errors"))
see("import shop.values.amount", "works", "ImportError: cannot import name 'Amount'",
    runs("shop.values.amount"))
sys.exit(f"changed: {changed}" if changed else 0)
PY
cat >.importlinter <<'INI'
[importlinter]
root_package = shop
[importlinter:contract:1]
name = values below errors' own module
type = layers
layers =
    shop.errors.money
    shop.values
    shop.errors.base
INI
PYTHONPATH=. v/bin/lint-imports >told 2>&1 && echo "import-linter: contract kept" || { cat told; exit 1; }
