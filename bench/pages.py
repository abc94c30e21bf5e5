"""Article bodies of 181 real pages: how right, what it costs, and whether anything in them was hidden from readers.

    python bench/pages.py DATA_FOLDER [--no-browser]

DATA_FOLDER holds pages.tar.xz (pages as served, true bodies, the scorer that came with them). Prints

- F1, precision and recall of the body (headline left off) by that scorer, ours beside trafilatura's;
- CPU milliseconds a page: trafilatura alone (text only, and with metadata), and HTML → Report through the door of
  `clean`, parser process included, its start left off;
- spans whose raw bytes do not decode to the text: must be 0;
- pages with text in the body that a browser does not show: must be 0. Laid out by Chromium without scripts and network;
  left out, and said so, where no `chromium` is on the path.
"""

from __future__ import annotations

import argparse
import gzip
import html
import importlib.util
import json
import resource
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from types import ModuleType

from onrecord.clean import Cleaner
from onrecord.model import RawReport, Report

BATCH = 12
SEEN = 0.9


def main() -> None:
    """Run the comparison on the pages in the data folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--no-browser", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(options.data / "pages.tar.xz") as archive:
            archive.extractall(folder, filter="data")
        root = next(Path(folder).rglob("ground-truth.json")).parent
        truth = json.loads((root / "ground-truth.json").read_text("utf-8"))
        pages = {key: gzip.decompress((root / "html" / f"{key}.html.gz").read_bytes()) for key in truth}
        scorer = _scorer(root / "evaluate.py")
    reports, ours_ms = _ours(pages)
    others, text_ms, metadata_ms = _trafilatura(pages)
    _print_accuracy(scorer, truth, reports, others)
    print(f"CPU ms/page   trafilatura {text_ms:.1f}, with metadata {metadata_ms:.1f}; HTML → Report {ours_ms:.1f}")
    print(f"              = {ours_ms / text_ms:.2f} × trafilatura's text, {ours_ms / metadata_ms:.2f} × with metadata")
    print(f"spans         {sum(len(r.origins) for r in reports.values()):,} pieces, {_wrong(pages, reports)} wrong")
    aside = sum(part.reason.startswith("hidden") for r in reports.values() for part in r.set_aside)
    print(f"hidden parts  {aside} set aside")
    _print_visibility(pages, reports, skip=options.no_browser)


def _ours(pages: dict[str, bytes]) -> tuple[dict[str, Report], float]:
    """Reports, and CPU milliseconds a page of this process and the parser process together."""
    first = next(iter(pages.items()))
    started, _ = _timed(dict([first]))
    total, reports = _timed(dict([first]) | pages)
    return reports, (total - started) * 1000 / max(1, len(pages) - 1)


def _timed(pages: dict[str, bytes]) -> tuple[float, dict[str, Report]]:
    before = _cpu()
    with Cleaner(workers=1) as cleaner:
        reports = {key: cleaner.clean(RawReport(data, "html", key)) for key, data in pages.items()}
    return _cpu() - before, reports


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def _trafilatura(pages: dict[str, bytes]) -> tuple[dict[str, str], float, float]:
    """trafilatura's texts, and its CPU milliseconds a page without and with metadata."""
    from trafilatura import extract

    texts: dict[str, str] = {}
    spent = [0.0, 0.0]
    extract(next(iter(pages.values())), with_metadata=True)
    for key, data in pages.items():
        for k, metadata in enumerate((False, True)):
            begun = time.process_time()
            text = extract(data, with_metadata=metadata)
            spent[k] += time.process_time() - begun
            texts.setdefault(key, text or "")
    return texts, spent[0] * 1000 / len(pages), spent[1] * 1000 / len(pages)


def _print_accuracy(
    scorer: ModuleType, truth: dict[str, dict[str, str]], reports: dict[str, Report], others: dict[str, str]
) -> None:
    bodies = {key: _body(report) for key, report in reports.items()}
    print(f"{len(truth)} pages     F1     precision  recall")
    for name, texts in (("ours", bodies), ("trafilatura", others)):
        counts = [scorer.string_shingle_matching(true=truth[k]["articleBody"], pred=texts[k]) for k in truth]
        got = scorer.metrics_from_tp_fp_fns(counts)
        print(f"{name:<12}  {got['f1']:.4f} {got['precision']:.4f}     {got['recall']:.4f}")
    for what in ("headline", "byline", "publisher", "published", "url"):
        print(f"{what:<12}  found on {sum(bool(getattr(r, what)) for r in reports.values())}")


def _body(report: Report) -> str:
    """The text without its headline."""
    return report.text[report.headline_span.end if report.headline_span else 0 :]


def _wrong(pages: dict[str, bytes], reports: dict[str, Report]) -> int:
    return sum(
        pages[key][o.raw_start : o.raw_end].decode(report.encoding) != report.text[o.start : o.end]
        for key, report in reports.items()
        for o in report.origins
        if o.exact
    )


def _print_visibility(pages: dict[str, bytes], reports: dict[str, Report], *, skip: bool) -> None:
    browser = None if skip else shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        print("visibility    not judged: needs `chromium` on the path")
        return
    hidden: list[str] = []
    unjudged = 0
    keys = list(reports)
    for at in range(0, len(keys), BATCH):
        for key, shares in _judged(browser, pages, reports, keys[at : at + BATCH]).items():
            paragraphs = _body(reports[key]).split("\n\n")
            unseen = [p for p, share in zip(paragraphs, shares, strict=False) if share < SEEN]
            unjudged += not shares
            if unseen:
                hidden.append(key)
                print(f"  {key[:12]} {len(unseen)} of {len(paragraphs)}: {unseen[0][:90]!r}", file=sys.stderr)
    print(f"visibility    {len(hidden)} pages with text that the browser does not show; {unjudged} not judged")


def _judged(
    browser: str, pages: dict[str, bytes], reports: dict[str, Report], keys: list[str]
) -> dict[str, list[float]]:
    """Per page and paragraph of its text, the share that the browser shows. Empty for a page it could not lay out."""
    asked = [
        {
            "id": key,
            "html": pages[key].decode(reports[key].encoding, "replace"),
            "paragraphs": _body(reports[key]).split("\n\n"),
        }
        for key in keys
    ]
    template = (Path(__file__).parent / "pages_judge.html").read_text("utf-8")
    script = json.dumps(asked).replace("</", "<\\/").replace("<!--", "<\\!--")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "judge.html")
        page.write_text(template.replace("/*PAGES*/[]", script), "utf-8")
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=600000", "--dump-dom"]
        offline = "--host-resolver-rules=MAP * 127.0.0.1:9"
        done = subprocess.run(
            [browser, *flags, offline, f"--user-data-dir={folder}/profile", page.as_uri()],
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
    _, _, rest = done.stdout.partition('<pre id="results">')
    results = json.loads(html.unescape(rest.partition("</pre>")[0]) or "[]")
    return {key: [] for key in keys} | {one["id"]: one.get("shares", []) for one in results}


def _scorer(path: Path) -> ModuleType:
    """The scorer that came with the data."""
    spec = importlib.util.spec_from_file_location("page_scorer", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} is missing from the data.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
