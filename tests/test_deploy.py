"""Image, compose file and units against what the command line has; built and run they are by whoever has the engine."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from onrecord.cli import app
from onrecord.settings import SETTINGS

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
EXTRAS = set(re.findall(r"--extra (\w+)", DOCKERFILE))


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile, each with the rest of its line, continued lines joined."""
    plain = re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.M).replace("\\\n", " ")
    return [(line.split()[0], line.split(None, 1)[1]) for line in plain.splitlines() if line.strip()]


def parsed(words: list[str]) -> None:
    """What follows `onrecord` in a call is taken apart by the command line itself, which fails on what it doesn't know;
    nothing is run."""
    command: Any = typer.main.get_command(app)
    left, context = words, None
    while True:
        context = command.make_context(command.name, list(left), parent=context, resilient_parsing=False)
        left = [*getattr(context, "_protected_args", ()), *context.args]
        if not hasattr(command, "resolve_command"):
            return
        _, command, left = command.resolve_command(context, left)
        assert command is not None


def calls() -> list[list[str]]:
    """Every call of `onrecord` in compose file, units and the page on operations."""
    found = [list(map(str, each["command"])) for each in SERVICES.values() if "command" in each]
    found += [
        shlex.split(line.split("/bin/onrecord ", 1)[1])
        for unit in UNITS
        for line in unit.read_text().splitlines()
        if line.startswith("ExecStart=")
    ]
    page = (ROOT / "docs" / "operations.md").read_text()
    blocks = "\n".join(re.findall(r"^    .*$", page, flags=re.M))
    for line in re.findall(r"(?:\bonrecord|docker compose run --rm desk) ([a-z].*)$", blocks, flags=re.M):
        words = shlex.split(re.split(r"\s+#| \| | > ", line)[0])
        if words[0] in {command.name or command.callback.__name__ for command in app.registered_commands} | {  # type: ignore[union-attr]
            group.typer_instance.info.name for group in app.registered_groups if group.typer_instance
        }:
            found.append(words)
    return found


@pytest.mark.parametrize("call", calls(), ids=" ".join)
def test_every_call_is_one_that_the_command_line_takes(call: list[str]) -> None:
    parsed([re.sub(r"\$\{.*", "value", word) for word in call])


def test_a_call_that_it_does_not_take_is_seen() -> None:
    for wrong in (["serve", "--nope"], ["surf"], ["watch", "ran"]):
        with pytest.raises(Exception, match=r"(?i)no such"):
            parsed(wrong)


def test_the_image_is_built_as_it_should_be() -> None:
    made = instructions()
    froms = [rest for name, rest in made if name == "FROM"]
    assert froms == ["python:3.12-slim AS build", "python:3.12-slim"]
    final = made[max(i for i, (name, _) in enumerate(made) if name == "FROM") :]
    user = next(rest for name, rest in final if name == "USER")
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    assert ("VOLUME", "/data") in final
    assert not any(re.search(r"pip|apt|uv |gcc|curl", rest) for name, rest in final if name == "RUN")
    assert not any(name in ("ADD", "MAINTAINER") for name, _ in made)
    for name in ("ENTRYPOINT", "CMD"):
        assert isinstance(json.loads(next(rest for each, rest in final if each == name)), list)
    check = next(rest for name, rest in final if name == "HEALTHCHECK")
    asked: list[str] = json.loads(check.split("CMD ", 1)[1])
    assert asked[0] == "python"  # no shell, no curl
    compile(asked[2], "HEALTHCHECK", "exec")
    assert not re.search(r"(?i)password|secret|token", DOCKERFILE)


def test_what_the_image_is_built_from_is_in_the_context() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {
        word
        for name, rest in instructions()
        if name == "COPY" and not rest.startswith("--from")
        for word in rest.split()[:-1]
    }
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)


def test_settings_named_anywhere_are_settings() -> None:
    known = {f"ONRECORD_{setting.name.upper()}" for setting in SETTINGS}
    places = [ROOT / "Dockerfile", ROOT / "compose.yaml", ROOT / "docs" / "operations.md"]
    for path in [*places, *(ROOT / "deploy" / "systemd").iterdir()]:
        assert set(re.findall(r"\bONRECORD_[A-Z_]+", path.read_text())) <= known, path.name


def test_extras_are_declared_and_what_is_locked_has_wheels_for_both_kinds_of_machine() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    locked = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    by_name: dict[str, list[dict[str, Any]]] = {}
    for each in locked:
        by_name.setdefault(each["name"], []).append(each)
    ours = by_name["onrecord"][0]
    wanted = [d["name"] for d in ours["dependencies"]]
    for extra in EXTRAS & set(declared):
        wanted += [d["name"] for d in ours["optional-dependencies"][extra]]
    seen: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        wheels = [w["url"].rsplit("/", 1)[1] for each in by_name[name] for w in each.get("wheels", ())]
        for machine in ("x86_64", "aarch64"):
            fits = rf"-py3-none-any|-py2.py3-none-any|-(cp312-cp312|cp\d+-abi3|py3-none)-.*manylinux.*{machine}"
            assert any(re.search(fits, wheel) for wheel in wheels) or name in ("colorama", "tzdata"), (name, machine)
        wanted += [d["name"] for each in by_name[name] for d in each.get("dependencies", ())]


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_shut_in(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert not any("PASSWORD" in key and not key.endswith("_FILE") for key in service["environment"])
    assert "@" not in str(service["environment"]).replace("onrecord@db", "")


def test_services_wait_for_the_database_and_secrets_come_from_files() -> None:
    assert set(SERVICES) == {"db", "desk", "watcher"}
    for name in ("desk", "watcher"):
        assert SERVICES[name]["depends_on"] == {"db": {"condition": "service_healthy"}}
        assert SERVICES[name]["environment"]["ONRECORD_DB"].startswith("postgresql://onrecord@db")
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", ())}
    assert used == set(COMPOSE["secrets"])
    assert COMPOSE["networks"]["inside"]["internal"] is True


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="no systemd on this machine: apt-get install systemd"
)
def test_units_are_what_systemd_takes(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("onrecord")
    for unit in [*UNITS, *(ROOT / "deploy" / "systemd").glob("*.timer")]:
        (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/onrecord/bin/onrecord", str(program)))
    units = sorted(map(str, tmp_path.iterdir()))
    ran = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    ours = [line for line in ran.stderr.splitlines() if "onrecord" in line]
    assert ours == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_each_unit_is_shut_in(unit: Path) -> None:
    lines = set(unit.read_text().splitlines())
    assert lines >= {"User=onrecord", "StateDirectory=onrecord", "NoNewPrivileges=true", "ProtectSystem=strict"}
    assert lines >= {
        "ProtectHome=true",
        "PrivateTmp=true",
        "CapabilityBoundingSet=",
        "SystemCallFilter=@system-service",
    }
