"""What belongs together across reports: which of them reprint one text, and which agency they credit."""

from onrecord.link.copies import COMMON, VERSION, Compared, Copies, Likeness, alike, likely
from onrecord.link.credits import credited

__all__ = ["COMMON", "VERSION", "Compared", "Copies", "Likeness", "alike", "credited", "likely"]
