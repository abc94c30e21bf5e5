"""A desk's own database, one SQLite file beside the records: who works there, their secrets, the audit log.

`open_desk` is the door. All that is done in one `write()` is done at once, or not at all: what is changed, and the line
in the log that says so.
"""

from __future__ import annotations

from onrecord.store.desk.file import DeskFile, Rows, open_desk

__all__ = ["DeskFile", "Rows", "open_desk"]
