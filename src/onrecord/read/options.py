"""What a caller may say about how inputs are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from onrecord.errors import UsageError

COLUMNS = ("text", "html", "id", "url", "title", "published", "publisher", "byline")
"""Names that a table's columns have for us; `ReadOptions.columns` gives a table's own names for them."""

CONTACT = "https://onrecord.readthedocs.io"
"""Where a publisher can read who fetched a page, named in every request."""


Form = Literal["auto", "html", "text"]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How inputs are read. Raises UsageError where the values cannot be meant.

    `columns`: our name → a table's name for it (`{"text": "body"}`; `--map text=body`).
    `form`: what a file or row is, where the content does not say it right; `auto` looks at the content.
    `published`: date of publication as the user gives it; stands before whatever an input says itself.
    `include`, `exclude`: patterns (`*.html`) on names and relative paths inside folders and globs.
    `limit`: at most so many reports altogether; `None` for all.
    `robots`: whether robots.txt is asked before an address is fetched.
    `contact`: address named in requests, for publishers who want to know.
    `inside`: servers inside the network that may be fetched from all the same, each as `host:port`.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    form: Form = "auto"
    published: str | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    limit: int | None = None
    robots: bool = True
    contact: str = CONTACT
    inside: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for name, column in self.columns.items():
            if name not in COLUMNS:
                known = ", ".join(COLUMNS)
                raise UsageError("no such field.", which=f"{name}={column}", advice=f"Fields are {known}.")
        if self.form not in ("auto", "html", "text"):
            raise UsageError("no such form.", which=str(self.form), advice="It is auto, html or text.")
        if self.limit is not None and self.limit < 0:
            raise UsageError("a limit cannot be negative.", which=str(self.limit))

    def column(self, name: str) -> str:
        """What a table calls our column `name`."""
        return self.columns.get(name, name)


DEFAULT = ReadOptions()
"""Nothing special asked."""
