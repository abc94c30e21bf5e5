"""The desk: the record in a browser. `create_app` makes it, `serve` runs it."""

from onrecord.web.app import LOCAL, Desk, create_app
from onrecord.web.server import serve

__all__ = ["LOCAL", "Desk", "create_app", "serve"]
