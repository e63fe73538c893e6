"""No module imports itself by way of others (types counted); any of the core may be first."""

from __future__ import annotations

import subprocess
import sys
from graphlib import TopologicalSorter

import grimp
import pytest

ROOMS = ("account", "bot", "carrier", "storage", "documents", "sandbox")


@pytest.mark.parametrize("room", ROOMS)
def test_no_circle(room: str) -> None:
    graph = grimp.build_graph(room, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    TopologicalSorter(imports).prepare()  # raises CycleError, which names the circle


def test_any_module_of_the_core_may_be_imported_first() -> None:
    """Packages that re-export make an order of their own, which the graph does not show."""
    every = sorted(grimp.build_graph("account", cache_dir=None).modules)
    program = """if True:
        import importlib, sys
        for name in sys.argv[1:]:
            for known in [one for one in sys.modules if one.partition(".")[0] == "account"]:
                del sys.modules[known]
            importlib.import_module(name)
    """
    subprocess.run([sys.executable, "-c", program, *every], check=True)
