"""What belongs together across reports: which of them reprint one text, which agency they credit, and what changed from
one version of an article to the next."""

from onrecord.link.copies import VERSION, Compared, Copies, Likeness, alike
from onrecord.link.credits import credited
from onrecord.link.versions import Altered, Changes, Notice, changes, notices

__all__ = [
    "VERSION",
    "Altered",
    "Changes",
    "Compared",
    "Copies",
    "Likeness",
    "Notice",
    "alike",
    "changes",
    "credited",
    "notices",
]
