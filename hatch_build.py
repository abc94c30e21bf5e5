"""Puts the front-end libraries into the package when it is built or set up: from npm, as `front/package-lock.json` has
them, each archive checked against the digest there. Needs no Node. Nothing is fetched when OnRecord runs.

Where the npm registry is out of reach the package is built without them, and says so: pages and forms work without
JavaScript. `python hatch_build.py` does it by hand.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import sys
import tarfile
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent
LOCK = ROOT / "front" / "package-lock.json"
VENDOR = ROOT / "src" / "onrecord" / "web" / "static" / "vendor"
WANTED = {
    "htmx.org": {
        "package/dist/htmx.min.js": "htmx.min.js",
        "package/dist/ext/hx-csp.min.js": "hx-csp.min.js",
        "package/LICENSE": "htmx.LICENSE.txt",
    }
}
"""Package → member of its archive → name of the file here."""
MOST_BYTES = 20 * 2**20


def fetch(name: str, files: dict[str, str], folder: Path) -> None:
    """Put files of a locked package into a folder, unless they are there already, of that very version.

    Raises OSError where the registry is out of reach, ValueError where what it sends is not what the lock names.
    """
    locked = json.loads(LOCK.read_text(encoding="utf-8"))["packages"][f"node_modules/{name}"]
    stamp = folder / f"{name}.locked"
    there = stamp.exists() and all((folder / file).exists() for file in files.values())
    if there and stamp.read_text() == locked["integrity"]:
        return
    with urllib.request.urlopen(locked["resolved"], timeout=60) as answer:  # noqa: S310 - an https address of the lock
        data = answer.read(MOST_BYTES)
    algorithm, _, digest = locked["integrity"].partition("-")
    if base64.b64encode(hashlib.new(algorithm, data).digest()).decode() != digest:
        raise ValueError(f"{locked['resolved']} is not what {LOCK.name} names")
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member, file in files.items():
            held = archive.extractfile(member)
            if held is None:
                raise ValueError(f"{member} is no file in {name}")
            (folder / file).write_bytes(held.read())
    stamp.write_text(locked["integrity"])


def fetch_all() -> None:
    """Everything that the package carries."""
    for name, files in WANTED.items():
        try:
            fetch(name, files, VENDOR)
        except OSError as error:
            print(f"OnRecord is built without {name}: {error}. Its pages work without JavaScript.", file=sys.stderr)


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # started by hand
    pass
else:

    class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
        """Run by hatchling before a wheel, an editable install or a source archive is made."""

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
            """Fetch, and name what was fetched as part of the build."""
            fetch_all()
            build_data["artifacts"].append("src/onrecord/web/static/vendor/*")


if __name__ == "__main__":
    fetch_all()
