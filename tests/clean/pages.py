"""Pages of our own making for the tests of `clean`."""

from __future__ import annotations

from onrecord.model import Given, RawReport, Report

HEADLINE = "Harbour board puts off vote on new pier"
PARAGRAPHS = (
    "The harbour board put off its vote on a new pier on Tuesday, saying it needed another survey of the sea floor.",
    "“We will not build on sand,” the chair of the board, Mara Quill, told residents who had filled the hall.",
    "Fishermen said the delay would cost them a second season, and that nobody had asked them first.",
    "The town’s engineer said the survey could be finished by the end of the month if the weather holds for ten days.",
)


def page(*, extra: str = "", head: str = "", between: str = "", title: str = HEADLINE) -> str:
    """An article page; `between` stands between its second and third paragraph, `extra` after the last."""
    first, second, third, fourth = (f"<p>{paragraph}</p>\n" for paragraph in PARAGRAPHS)
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
        f"<title>{title} | The Pier Post</title>{head}</head>\n"
        f"<body><nav><ul><li><a href='/'>Home</a></li><li><a href='/town'>Town</a></li></ul></nav>\n"
        f"<main><article><h1>{HEADLINE}</h1>\n{first}{second}{between}{third}{fourth}{extra}</article></main>\n"
        f"<footer><p>The Pier Post, 4 Quay Lane</p></footer></body></html>"
    )


def raw(text: str | bytes, **given: object) -> RawReport:
    """A page as read from a file."""
    data = text if isinstance(text, bytes) else text.encode()
    return RawReport(data, "html", "page.html", given=Given(**given))  # type: ignore[arg-type]


def check_origins(report: Report, data: bytes) -> None:
    """Exact pieces decode to their text, every piece lies in the bytes, only what parts paragraphs has no bytes."""
    covered = 0
    for origin in report.origins:
        assert 0 <= origin.raw_start < origin.raw_end <= len(data)
        assert covered <= origin.start < origin.end <= len(report.text)
        assert set(report.text[covered : origin.start]) <= {"\n"}
        covered = origin.end
        if origin.exact:
            piece = data[origin.raw_start : origin.raw_end]
            assert piece.decode(report.encoding) == report.text[origin.start : origin.end]
    assert set(report.text[covered:]) <= {"\n"}
