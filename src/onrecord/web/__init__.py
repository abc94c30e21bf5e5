"""The desk: the record in a browser. `create_app` makes it, `serve` runs it."""

from onrecord.web.app import LOCAL, Desk, create_app
from onrecord.web.server import serve
from onrecord.web.team import Team

__all__ = ["LOCAL", "Desk", "Team", "create_app", "serve"]
