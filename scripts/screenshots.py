"""Pictures of every page of the desk, light and dark, wide and narrow, from the record of samples/ that scripts/try.sh
makes, into docs/images/desk/.

    python scripts/screenshots.py [RECORD]
"""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from onrecord.answer import Record  # noqa: E402
from onrecord.store import open_store  # noqa: E402
from tests.web.served import chromium, served  # noqa: E402

FOLDER = ROOT / "docs" / "images" / "desk"
SIZES = {"wide": (1000, 580), "narrow": (390, 780)}


def pages(record: Record) -> dict[str, str]:
    """Name of a picture → address."""
    claim = record.claims(disputed=True)[0]
    said = claim.positions[0].said
    pair = [side.voices[0].name for side in claim.standing().sides if side.voices][:2]
    voice = next(v.entity for side in claim.standing().sides for v in side.voices if v.entity)
    return {
        "home": "/",
        "search": f"/search?q={claim.wording.split()[-1].strip('”.,')}",
        "claims": "/claims?disputed=true",
        "claim": f"/claims/{claim.id}",
        "report": f"/reports/{said.report.id}#{said.id}",
        "voice": f"/voices/{voice}",
        "sources": "/sources",
        "compare": f"/compare?one={quote(pair[0])}&other={quote(pair[1])}",
        "reports": "/reports",
        "runs": "/runs",
        "keys": "/keys",
    }


def main(place: str) -> None:
    """Take them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with Record(open_store(Path(place))) as record, served(record) as desk, chromium() as browser:
        for size, (width, height) in SIZES.items():
            for scheme in ("light", "dark"):
                context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
                page = context.new_page()
                for name, path in pages(record).items():
                    page.goto(desk.at + path, wait_until="load")
                    file = FOLDER / f"{name}-{size}-{scheme}.png"
                    page.screenshot(path=file, animations="disabled", caret="hide")
                context.close()
    sizes = [file.stat().st_size for file in FOLDER.glob("*.png")]
    print(f"{len(sizes)} pictures, {sum(sizes) / 1000:.0f} kB, the largest {max(sizes) / 1000:.0f} kB")


if __name__ == "__main__":
    main(*sys.argv[1:] or [str(ROOT / ".try" / "record.db")])
