"""What the Python API gives back: it shows itself in a notebook and goes into data frames.

`to_rows()` is a plain list of dicts, which pandas, polars and the standard library all take.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from onrecord import flat, notebook
from onrecord.errors import UsageError
from onrecord.link import Changes, Notice
from onrecord.model import Extraction
from onrecord.report_json import report_json, span_json
from onrecord.store.rows import Head, Hit, Page, Said, Source

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T", bound=flat.Row)
T_co = TypeVar("T_co", bound=flat.Row, covariant=True)


@dataclass(frozen=True, slots=True)
class Result(Extraction):
    """A report with its attributions, as `Extraction`; besides, as rows, a data frame and HTML."""

    @classmethod
    def of(cls, extraction: Extraction) -> Self:
        """The same extraction, able to show itself."""
        return cls(**{f.name: getattr(extraction, f.name) for f in fields(Extraction)})

    def said(self) -> list[Said]:
        """The attributions with their words, in order."""
        return list(flat.said_in(self))

    def to_dict(self) -> dict[str, Any]:
        """The JSON of a report (docs/json.md)."""
        return report_json(self)

    def to_rows(self) -> list[dict[str, Any]]:
        """One flat dict for each attribution; the columns are `onrecord.flat.COLUMNS`."""
        return list(flat.rows(self.said()))

    def to_pandas(self) -> pd.DataFrame:
        """One line for each attribution. Raises UsageError where pandas is not installed."""
        return _frame(self.to_rows(), flat.COLUMNS)

    def _repr_html_(self) -> str:
        return notebook.extraction_html(self)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an article: what it says, what changed since the version before (None: it is the first), and where
    the paper says that it corrected, withdrew or updated something."""

    head: Head
    result: Result
    changes: Changes | None
    notices: tuple[Notice, ...]

    def to_dict(self) -> dict[str, Any]:
        """The report's head, and attributions by id; of altered ones both ids, which fields and numbers differ."""
        text, c = self.result.report.text, self.changes
        said = [{"kind": n.kind, **span_json(n.span, text)} for n in self.notices]
        return {
            "report": self.head.to_dict(),
            "notices": said,
            "changes": c
            and {
                "appeared": [a.id for a in c.appeared],
                "vanished": [a.id for a in c.vanished],
                "altered": [
                    {
                        "before": x.before.id,
                        "after": x.after.id,
                        "fields": list(x.fields),
                        "numbers": list(map(list, x.numbers)),
                    }
                    for x in c.altered
                ],
                "kept": c.kept,
            },
        }


@dataclass(frozen=True, slots=True)
class Answers(Page[T_co]):
    """Some answers of one kind, and the cursor to ask on with, as `Page`; besides, as rows, a data frame and HTML."""

    @overload
    def __getitem__(self, key: int) -> T_co: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[T_co, ...]: ...
    def __getitem__(self, key: int | slice) -> T_co | tuple[T_co, ...]:
        return self.items[key]

    def to_rows(self) -> list[dict[str, Any]]:
        """One flat dict for each answer."""
        return [flat.any_row(item) for item in self.items]

    def to_pandas(self) -> pd.DataFrame:
        """One line for each answer. Raises UsageError where pandas is not installed."""
        rows = self.to_rows()
        return _frame(rows, tuple(rows[0]) if rows else flat.COLUMNS)

    def _repr_html_(self) -> str:
        if all(isinstance(item, Hit) for item in self.items):
            return notebook.hits_html(item for item in self.items if isinstance(item, Hit))
        if all(isinstance(item, Source) for item in self.items):
            return notebook.sources_html(item for item in self.items if isinstance(item, Source))
        if all(isinstance(item, Said) for item in self.items):
            return notebook.said_html(item for item in self.items if isinstance(item, Said))
        return notebook.rows_html(self.to_rows())


def answers(found: Page[T] | Iterable[T]) -> Answers[T]:
    """What was found, able to show itself; a page keeps its cursor."""
    return Answers(tuple(found), found.cursor if isinstance(found, Page) else None)


def _frame(rows: list[dict[str, Any]], columns: Iterable[str]) -> pd.DataFrame:
    try:
        import pandas as pd
    except ImportError:
        raise UsageError(
            "pandas is not installed.", advice="pip install 'onrecord[frames]', or take to_rows()."
        ) from None
    return pd.DataFrame(rows, columns=list(columns))
