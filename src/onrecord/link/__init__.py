"""What belongs together across reports: which of them reprint one text, which agency they credit, what changed from one
version of an article to the next, and which attributions are of one claim."""

from onrecord.link.comparing import Comparer
from onrecord.link.copies import VERSION, Compared, Copies, Likeness, alike
from onrecord.link.credits import credited
from onrecord.link.statements import Statement, plain, statements
from onrecord.link.verdicts import LEAST_LIKE, Verdict, answered, same_words, verdict
from onrecord.link.versions import Altered, Changes, Notice, changes, notices

__all__ = [
    "LEAST_LIKE",
    "VERSION",
    "Altered",
    "Changes",
    "Compared",
    "Comparer",
    "Copies",
    "Likeness",
    "Notice",
    "Statement",
    "Verdict",
    "alike",
    "answered",
    "changes",
    "credited",
    "notices",
    "plain",
    "same_words",
    "statements",
    "verdict",
]
