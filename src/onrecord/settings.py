"""Every setting in one table: name, default, help. An environment variable `ONRECORD_NAME` overrides the default."""

from __future__ import annotations

import os
from dataclasses import dataclass

from onrecord.errors import UsageError


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `default` also fixes its type: an int stays an int, a float a float."""

    name: str
    default: int | float | str
    help: str


SETTINGS: tuple[Setting, ...] = (
    Setting("db", "", "file of the record, or sqlite:///FILE; empty means the platform's data folder"),
    Setting("desk", "", "file of the desk: accounts, workspaces, audit log; empty means the platform's data folder"),
    Setting("session_idle_seconds", 2 * 3600, "time without use after which a login at the desk ends"),
    Setting("session_seconds", 12 * 3600, "time after which a login at the desk ends in any case"),
    Setting("max_input_bytes", 64 * 2**20, "largest single page or text that is read, after decompression"),
    Setting("max_ratio", 200, "largest decompression ratio after the first MiB"),
    Setting("parse_seconds", 10.0, "wall time that one HTML page may take in the parser process"),
    Setting("parse_bytes", 512 * 2**20, "memory that the parser process may take"),
    Setting("parse_workers", 0, "parser processes; 0 means one per core, at most 4"),
    Setting("fetch_seconds", 20.0, "time that one address may take altogether"),
    Setting("fetch_bytes", 16 * 2**20, "largest response that is read from an address"),
    Setting("feed_bytes", 8 * 2**20, "largest feed or sitemap that is read, before and after decompression"),
    Setting("watch_threads", 16, "addresses that `watch run` asks at once, each of another site"),
    Setting("threads", 0, "threads of the model; 0 means all cores"),
    Setting("precision", "auto", "of what the model does not compute in 8 bits: auto, bf16, f32"),
    Setting("batch_tokens", 4096, "tokens that go through the model at once"),
    Setting("metrics", "", "who may read /metrics of a desk: loopback, or a file with a token; empty means nobody"),
    Setting("log_format", "text", "for whom serve, watch run and read speak: text, json"),
    Setting("requests_per_minute", 0, "requests of one account, and of one address; 0 means none alone, 600 in a team"),
)

_BY_NAME = {s.name: s for s in SETTINGS}


def value(name: str) -> int | float | str:
    """The value in force: the environment's, else the default. Raises UsageError on a value of the wrong type."""
    setting = _BY_NAME[name]
    given = os.environ.get(f"ONRECORD_{name.upper()}")
    if given is None or given == "":
        return setting.default
    try:
        return type(setting.default)(given)
    except ValueError:
        raise UsageError(
            f"{given!r} is no {type(setting.default).__name__}.",
            which=f"ONRECORD_{name.upper()}",
            advice=f"It sets the {setting.help}; leave it unset for {setting.default}.",
        ) from None


def whole(name: str) -> int:
    """A whole-number setting."""
    return int(value(name))


def seconds(name: str) -> float:
    """A setting in seconds."""
    return float(value(name))


def db_place() -> str:
    """Where the record lies when nobody says: $ONRECORD_DB as it is given, or a file in the platform's data folder."""
    return str(value("db")) or _in_data_folder("record.db")


def desk_place() -> str:
    """Where the desk lies when nobody says: $ONRECORD_DESK as it is given, or a file in the platform's data folder."""
    return str(value("desk")) or _in_data_folder("desk.db")


def _in_data_folder(name: str) -> str:
    from platformdirs import user_data_path

    return str(user_data_path("onrecord") / name)
