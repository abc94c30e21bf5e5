"""The command line: what goes to which stream, in which format, with which exit code."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import onrecord
from onrecord.errors import EngineError
from onrecord.store import Store
from tests.conftest import STORY, Command
from tests.engines.llm_server import Answer, after_hello, attributions, serving

COMMANDS = ("extract", "read", "search", "who", "sources", "show", "status", "verify", "export", "doctor", "entity")


def start(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own."""
    environment = {**os.environ, **more}
    return subprocess.run(
        [sys.executable, "-m", "onrecord", *arguments], capture_output=True, text=True, env=environment, check=False
    )


def test_help_on_every_level_has_an_example(command: Command) -> None:
    assert "Example" in command("--help").out
    for name in COMMANDS:
        helped = command(name, "--help")
        assert helped.code == 0
        assert f"onrecord {name}" in helped.out.split("Example")[1]


def test_version() -> None:
    ran = start("--version")
    assert ran.returncode == 0
    assert ran.stdout.startswith("onrecord ")


def test_no_heavy_module_is_loaded_for_help() -> None:
    heavy = ("numpy", "lxml", "trafilatura", "sqlalchemy", "openvino", "tokenizers", "rich", "httpx2", "pandas")
    code = (
        "import sys; from onrecord.cli import main; main(['--help']);"
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stderr.strip() == "[]"


@pytest.mark.parametrize("slashes", ["///", "////"])
def test_the_record_may_be_named_by_an_address(
    command: Command, reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slashes: str
) -> None:
    path = tmp_path / "named.db"
    monkeypatch.chdir(tmp_path)
    address = f"sqlite:{slashes}{path.name if slashes == '///' else str(path).lstrip('/')}"
    assert command("read", reports / "bridge.txt", "--db", address).code == 0
    assert [file.name for file in tmp_path.glob("*.db")] == ["named.db"]
    monkeypatch.setenv("ONRECORD_DB", address)
    assert str(path) in command("status").out
    assert f"{path}: 1 reports" in command("doctor", "--format", "jsonl").out
    for db in (None, address, path):
        with onrecord.open(db) as record:
            assert record.status().location == str(path)
    monkeypatch.setenv("ONRECORD_DB", "postgresql://u:secret@host/db")
    for call in (["status"], ["status", "--db", "postgresql://u:secret@host/db"]):
        ran = command(*call)
        assert (ran.code, ran.out) == (1, "")
        assert "postgresql:// is not supported yet" in ran.err
        assert "secret" not in ran.err
    told = command("doctor").out
    assert "not supported yet" in told
    assert "secret" not in told


@pytest.mark.parametrize(
    "call",
    [
        [],
        ["nonsense"],
        ["extract"],
        ["show", "--nope"],
        ["read", "x", "--published", "soon"],
        ["extract", "x", "--published", "2026-02-30"],
        ["extract", "x", "--published", ""],
    ],
)
def test_wrong_calls_exit_2_and_say_so_on_stderr(command: Command, call: list[str]) -> None:
    ran = command(*call)
    assert ran.code == 2
    assert ran.err
    assert "Traceback" not in ran.err


def test_extract_prints_the_json_of_a_report_when_piped(command: Command, reports: Path) -> None:
    ran = command("extract", reports / "bridge.txt", reports / "harbour.txt")
    assert ran.code == 0
    assert ran.err == ""
    bridge, harbour = map(json.loads, ran.out.splitlines())
    text = bridge["report"]["text"]
    assert [a["source"]["text"] for a in bridge["attributions"]] == ["Mayor Lee", "Councillor Amara Diallo"]
    for attribution in bridge["attributions"]:
        for span in (attribution["source"], attribution["cue"], *attribution["content"]):
            assert text[span["start"] : span["end"]] == span["text"]
    assert harbour["attributions"][0]["content"][0]["text"] == "that the harbour will close"


def test_extract_verbatim_keeps_the_offsets_of_the_input(command: Command, reports: Path) -> None:
    ran = command("extract", "--verbatim", reports / "bridge.txt")
    assert json.loads(ran.out)["report"]["text"] == STORY


def test_extract_goes_on_after_a_bad_input_and_exits_3(command: Command, reports: Path) -> None:
    ran = command("extract", reports / "noise.bin", reports / "missing.txt", reports / "harbour.txt")
    assert ran.code == 3
    assert len(ran.out.splitlines()) == 1
    assert len(ran.err.splitlines()) == 2
    assert "noise.bin" in ran.err
    assert "missing.txt" in ran.err


def test_extract_reads_standard_input(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _with_tiny("main(['extract', '-', '--format', 'csv'])")],
        input=STORY,
        capture_output=True,
        text=True,
        check=True,
    )
    rows = list(csv.DictReader(io.StringIO(ran.stdout)))
    assert [row["source"] for row in rows] == ["Mayor Lee", "Councillor Amara Diallo"]


def test_extract_as_a_table_marks_joins_and_lists(command: Command, reports: Path) -> None:
    shown = command("extract", reports / "bridge.txt", "--format", "table").out
    assert "*Mayor Lee*[1] /said/[1] _that the bridge will open in May_[1]." in shown
    assert "  1 Mayor Lee — said — that the bridge will open in May" in shown
    assert "characters 37-46 source, 47-51 cue, 52-84 content" in shown


def test_read_counts_and_reading_again_adds_nothing(command: Command, reports: Path) -> None:
    first = command("read", reports)
    assert first.code == 3
    assert "A new record: " in first.err
    assert "noise.bin" in first.err
    assert "3 inputs: 2 recorded, 0 known already, 0 set aside, 1 failed; 3 new attributions." in first.err
    assert first.out == ""

    again = command("read", reports, "--format", "json")
    assert "A new record" not in again.err
    assert json.loads(again.out) == {
        "recorded": 0,
        "known": 2,
        "set_aside": 0,
        "failed": 1,
        "attributions": 0,
        "compared": 0,
        "copies": 0,
        "linked": 0,
        "taken_down": 0,
    }


def test_a_report_with_another_date_is_another_report(command: Command, reports: Path) -> None:
    command("read", reports / "bridge.txt")
    dated = command("read", reports / "bridge.txt", "--published", "2026-03-01", "--format", "json")
    assert json.loads(dated.out)["recorded"] == 1
    again = command("read", reports / "bridge.txt", "--published", "2026-03-01", "--format", "json")
    assert json.loads(again.out)["known"] == 1


@pytest.mark.parametrize(("given", "kept"), [("2026-03-01", "2026-03-01"), ("20260301", "2026-03-01")])
def test_the_date_one_gives_reaches_the_report(command: Command, reports: Path, given: str, kept: str) -> None:
    report = json.loads(command("extract", reports / "bridge.txt", "--published", given).out)["report"]
    assert report["published"] == kept
    assert report["found"]["published"] == {"where": "user", "inferred": False}
    refused = command("extract", reports / "bridge.txt", "--published", "March")
    assert refused.err == "onrecord: --published 'March': that is no date. Write 2023-10-20.\n"


@pytest.mark.parametrize(
    ("option", "allowed"), [("--act", "dismiss"), ("--modality", "hypothetical"), ("--evidence", "imagery")]
)
def test_a_wrong_filter_lists_the_right_ones(command: Command, reports: Path, option: str, allowed: str) -> None:
    command("read", reports)
    ran = command("search", option, "shout")
    assert (ran.code, ran.out) == (2, "")
    assert f"{option} shout: that is not one of them. Take one of " in ran.err
    assert allowed in ran.err
    assert "unnamed" in command("search", "--voice", "loud").err


def test_rows_of_a_table_are_told_apart_by_what_came_with_them(command: Command, tmp_path: Path) -> None:
    table = tmp_path / "feed.jsonl"
    table.write_text(json.dumps({"body": STORY, "publisher": "The Herald"}) + "\n")
    assert json.loads(command("read", table, "--map", "text=body", "--format", "json").out)["recorded"] == 1
    assert json.loads(command("read", table, "--map", "text=body", "--format", "json").out)["known"] == 1
    table.write_text(json.dumps({"body": STORY, "publisher": "The Courier"}) + "\n")
    assert json.loads(command("read", table, "--map", "text=body", "--format", "json").out)["recorded"] == 1


def test_quiet_tells_only_what_failed(command: Command, reports: Path) -> None:
    ran = command("read", reports, "-q")
    assert ran.out == ""
    assert len(ran.err.splitlines()) == 1
    assert "noise.bin" in ran.err


def test_the_record_answers(command: Command, reports: Path) -> None:
    command("read", reports, "--published", "2026-03-01")
    hit = json.loads(command("search", "bridge", "--source", "mayor").out)
    assert hit["said"]["content"][0]["text"] == "that the bridge will open in May"
    assert hit["report"]["published"] == "2026-03-01"
    who = [json.loads(line) for line in command("who", "diallo").out.splitlines()]
    assert [said["kind"] for said in who] == ["direct"]
    names = {json.loads(line)["name"] for line in command("sources").out.splitlines()}
    assert names == {"Mayor Lee", "Councillor Amara Diallo", "Minister Roy"}
    assert len(command("show").out.splitlines()) == 2


def test_show_leads_to_the_characters_and_to_the_bytes(command: Command, reports: Path) -> None:
    command("read", reports)
    hit = json.loads(command("search", "bridge").out)
    report = hit["report"]["id"]
    whole = json.loads(command("show", report).out)
    span = whole["attributions"][0]["source"]
    assert whole["report"]["text"][span["start"] : span["end"]] == "Mayor Lee"
    prefix = hit["said"]["id"].rsplit("-", 1)[1][:12]
    trail = command("show", prefix, "--format", "table").out
    assert "*Mayor Lee*[1] /said/[1] _that the bridge will open in May_[1]" in trail
    assert "Diallo" not in trail
    assert whole["report"]["raw_sha256"] in trail.replace("\n", "").replace(" ", "")
    assert command("show", report, "--raw").out == STORY


def test_nothing_found_is_said_and_no_failure(command: Command, reports: Path) -> None:
    command("read", reports)
    ran = command("search", "submarine")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "Nothing on record in these words.\n"


def test_an_unknown_id_is_a_failure(command: Command, reports: Path) -> None:
    command("read", reports)
    ran = command("show", "ffffffffffff")
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 1


def test_status_lists_what_failed(command: Command, reports: Path) -> None:
    command("read", reports)
    assert json.loads(command("status").out)["attributions"] == 3
    failed = json.loads(command("status", "--failed").out)
    assert failed["origin"].endswith("noise.bin")
    assert failed["reason"]


def test_verify_exits_0_on_a_whole_record(command: Command, reports: Path) -> None:
    command("read", reports)
    ran = command("verify")
    assert (ran.code, ran.out) == (0, "")
    assert "The record is whole: 2 reports and 3 attributions checked." in ran.err


def test_export_in_every_format(command: Command, reports: Path, tmp_path: Path) -> None:
    command("read", reports)
    assert len(command("export").out.splitlines()) == 2
    assert len(list(csv.reader(io.StringIO(command("export", "--format", "csv").out)))) == 4
    command("export", "--format", "w3c", "-o", tmp_path / "notes.json")
    notes = json.loads((tmp_path / "notes.json").read_text())
    assert len(notes["first"]["items"]) == 12
    assert list(tmp_path.glob("*.part")) == []


def test_a_person_says_who_is_who_and_hears_how_to_undo_it(command: Command, reports: Path) -> None:
    command("read", reports)
    names = [json.loads(line) for line in command("sources", "--voice", "named").out.splitlines()]
    first, second = names[0]["id"][14:], names[1]["id"][14:]
    assert command("entity", "merge", first, second).code == 2
    assert "say why" in command("entity", "merge", first, second, "--reason", " ").err
    merged = command("entity", "merge", first, second, "--reason", "same mayor", "--by", "Kim")
    assert (merged.code, merged.out) == (0, "")
    assert "are one from now on." in merged.err
    undo = merged.err.split("entity undo ")[1].split()[0]
    assert "is one already" in command("entity", "merge", first, second, "--reason", "one").err
    (row,) = [json.loads(line) for line in command("entity", "log", "--people").out.splitlines()]
    assert (row["by"], row["reason"], row["relation"]) == ("Kim", "same mayor", "same")
    shown = command("entity", "show", first, "--format", "table").out
    assert "Kim: same mayor" in shown
    assert "written as" in shown
    assert command("entity", "undo", undo, "--reason", "two", "--by", "Kim").code == 0
    assert "taken back" in command("entity", "log", "--format", "table").out
    assert len(command("sources", "--voice", "named").out.splitlines()) == len(names)


def test_a_table_of_own_names_joins_two_and_its_broken_rows_are_told(
    command: Command, reports: Path, tmp_path: Path
) -> None:
    command("read", reports)
    one, other = (json.loads(line)["name"] for line in command("sources", "--limit", "2").out.splitlines())
    table = tmp_path / "names.tsv"
    table.write_text(f"person\t{one}\t{other}\nghost\tX\tY\n", encoding="utf8")
    ran = command("read", reports, "--aliases", table)
    assert f"{table}: line 2: kind is 'ghost' instead of one of person, organization, country" in ran.err
    (first, *_) = [json.loads(line) for line in command("sources").out.splitlines()]
    assert set(first["names"]) >= {one, other}
    assert "cannot be read" in command("read", reports, "--aliases", tmp_path / "none.tsv").err


def test_without_a_record_there_is_one_clear_line(command: Command) -> None:
    for name in ("search", "sources", "show", "status", "verify", "export", "entity log"):
        ran = command(*name.split())
        assert ran.code == 1
        assert len(ran.err.splitlines()) == 1
        assert "onrecord read" in ran.err


@pytest.mark.parametrize("form", ["json", "jsonl", "csv"])
def test_answers_in_every_format(command: Command, reports: Path, form: str) -> None:
    command("read", reports)
    for call in (("search", "bridge"), ("who", "lee"), ("sources",), ("show",), ("status",), ("extract", str(reports))):
        out = command(*call, "--format", form).out
        if form == "json":
            assert json.loads(out)
        elif form == "jsonl":
            assert all(isinstance(json.loads(line), dict) for line in out.splitlines())
        else:
            assert len(list(csv.DictReader(io.StringIO(out)))) >= 1


def test_the_unexpected_is_one_line_and_a_traceback_only_when_asked_for(
    command: Command, reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> Store:
        raise ZeroDivisionError("by zero\nand more")

    monkeypatch.setattr("onrecord.store.open_store", broken)
    ran = command("read", reports)
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 1
    assert "ZeroDivisionError: by zero and more. Please report it" in ran.err
    assert "Traceback" in command("read", reports, "-v").err


def test_ctrl_c_keeps_what_was_counted(command: Command, reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from onrecord import pipeline

    def stopped(*_: object, **more: pipeline.Progress) -> pipeline.Summary:
        more["progress"](pipeline.Summary(recorded=1, attributions=2), None)
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "record", stopped)
    ran = command("read", reports)
    assert ran.code == 130
    assert "Stopped. 1 input: 1 recorded" in ran.err


def test_a_reader_that_goes_away_is_no_error(reports: Path) -> None:
    many = ", ".join(repr(str(reports / "bridge.txt")) for _ in range(400))
    code = _with_tiny(f"sys.exit(main(['extract', {many}]))")
    ran = subprocess.run(
        ["bash", "-c", 'set -o pipefail; "$0" -c "$1" | head -n 1', sys.executable, code],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 141
    assert len(ran.stdout.splitlines()) == 1
    assert ran.stderr == ""


def test_colour_is_forced_or_forbidden_by_the_environment(reports: Path) -> None:
    code = _with_tiny(f"main(['extract', {str(reports / 'bridge.txt')!r}, '--format', 'table'])")
    call = [sys.executable, "-c", code]
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    environment["TERM"] = "xterm-256color"
    plain = subprocess.run(call, capture_output=True, text=True, env=environment, check=True).stdout
    forced = subprocess.run(
        call, capture_output=True, text=True, env={**environment, "FORCE_COLOR": "1"}, check=True
    ).stdout
    both = subprocess.run(
        call, capture_output=True, text=True, env={**environment, "FORCE_COLOR": "1", "NO_COLOR": "1"}, check=True
    ).stdout
    assert "\x1b" not in plain
    assert "\x1b[1;36mMayor Lee" in forced
    assert "\x1b[1mMayor Lee" in both


def _with_tiny(call: str) -> str:
    """A program that runs the command line with the tiny engine."""
    return (
        "import sys; sys.path.insert(0, '.'); import onrecord.engines; from tests.tiny import TinyEngine;"
        "onrecord.engines.default_engine = lambda **_: TinyEngine(); from onrecord.cli import main;" + call
    )


def test_a_language_model_is_asked_only_where_one_says_so(command: Command, tmp_path: Path) -> None:
    report = tmp_path / "a.txt"
    report.write_text("Bridge shut\n\nMayor Lee said that the bridge is shut.\n")
    row = {"source": "Mayor Lee", "cue": "said", "content": ["that the bridge is shut"], "act": "assert"}
    with serving(after_hello(Answer(attributions(row)))) as server:
        asked = ["--engine", "llm", "--llm-url", server.url, "--llm-model", "m", "--llm-budget", "50000"]
        refused = command("extract", report, *asked)
        assert (refused.code, refused.out, server.asked) == (2, "", [])
        assert "would send the text of reports to" in refused.err
        ran = command("extract", report, *asked, "--send")
        assert ran.code == 0
        assert json.loads(ran.out)["attributions"][0]["source"]["text"] == "Mayor Lee"
        assert "Texts of reports are sent to http://127.0.0.1:" in ran.err
        assert "tokens used." in ran.err
        assert command("read", report, *asked, "--send").code == 0
        assert command("search", "bridge", "--act", "assert").out.count("\n") == 1


def test_options_of_a_language_model_without_it_are_a_wrong_call(command: Command, tmp_path: Path) -> None:
    report = tmp_path / "a.txt"
    report.write_text("Mayor Lee said that the bridge is shut.\n")
    assert command("extract", report, "--send").code == 2
    assert command("extract", report, "--llm-model", "m").code == 2
    assert command("extract", report, "--engine", "llm", "--send").code == 2


def test_copies_and_versions_are_listed_and_a_person_may_differ(command: Command, tmp_path: Path) -> None:
    lines = [f"Mayor Lee said that part {k} of the old bridge will be painted in colour {k} by May." for k in range(12)]
    head = {"publisher": "Herald", "published": "2031-05-01", "title": "Bridge"}
    rows = [
        {**head, "url": "https://a.example/1", "text": "PORT (AFP) - A long day.\n\n" + "\n\n".join(lines)},
        {**head, "url": "https://b.example/2", "title": "Paint", "text": "\n\n".join(lines[:9])},
        {**head, "url": "https://b.example/2", "text": "\n\n".join(lines[:4]) + "\n\nCorrection: it is ten parts."},
    ]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf8")
    assert "2 reprint another report's text." in command("read", tmp_path / "rows.jsonl").err
    (group,) = [json.loads(line) for line in command("copies", "--format", "jsonl").out.splitlines()]
    assert group["credited"] == ["Agence France-Presse"]
    first, second, _ = ids = [report["id"] for report in group["reports"]]
    assert command("copies", first[14:30], "--format", "csv").out.count("\n") == 4
    assert "One text in 3 reports, credited to Agence France-Presse" in command("copies", "--format", "table").out
    assert "the same text as in 2 other reports" in command("show", second, "--format", "table").out
    assert "that is one row" in command("judge", "different", first, first, "--reason", "two").err
    for a, b in ((ids[0], ids[1]), (ids[0], ids[2]), (ids[1], ids[2])):
        told = command("judge", "different", a, b, "--reason", "two desks", "--by", "Kim").err
        assert "These two reports are two texts from now on." in told
    assert "No two reports on record share a text." in command("copies", "--format", "table").err
    shown = command(
        "versions", next(i for i in ids if command("versions", i, "--format", "jsonl").out.count("\n") == 2)
    )
    assert shown.code == 0
    table = command("versions", ids[1], "--format", "table").out + command("versions", ids[2], "--format", "table").out
    assert "correction: Correction: it is ten parts." in table
    assert "attributions as before" in table
    assert "versions are no table" in command("versions", first, "--format", "csv").err


def test_doctor_looks_at_all_models_and_the_front_end(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {line["name"]: line for line in map(json.loads, command("doctor", "--format", "jsonl").out.splitlines())}
    assert found["statements model"]["ok"]
    assert "front end" in found
    monkeypatch.setattr("onrecord.doctor.FRONT_END", ("desk.css", "vendor/gone.js"))
    monkeypatch.setattr("onrecord.link.comparing.checked", lambda _: _raise())
    ran = command("doctor", "--format", "jsonl")
    found = {line["name"]: line for line in map(json.loads, ran.out.splitlines())}
    assert ran.code == 1
    assert "vendor/gone.js" in found["front end"]["value"]
    assert found["front end"]["advice"]
    assert not found["statements model"]["ok"]


def _raise() -> None:
    raise EngineError("This file of the weights is missing.", which="statements.onnx", advice="Reinstall onrecord.")
