"""What the API takes: bodies of requests, every field with its bounds; and what it answers to them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from onrecord.store.claim_rows import Stance


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _id(kinds: str) -> object:
    return Field(
        pattern=f"^({kinds})-sha256-[0-9a-f]{{32}}$", description=f"The whole id ({kinds.replace('|', ', ')})."
    )


Words = Annotated[str, Field(min_length=1, max_length=1000, pattern="^[^\\x00-\\x08\\x0b-\\x1f\\x7f]*$")]
Reason = Annotated[Words, Field(description="Why; it is kept with the judgement.")]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern="^[^\\x00-\\x1f\\x7f]*$")]
Row = Annotated[str, _id("report|attribution|entity")]
AttributionId = Annotated[str, _id("attribution")]
EntityId = Annotated[str, _id("entity")]


JudgementPath = Path(pattern="^(judgement|withdrawal)-sha256-[0-9a-f]{32}$", description="The whole id.")


class _Signed(_Body):
    model_config = ConfigDict(str_strip_whitespace=True)

    reason: Reason
    by: Name | None = Field(None, description="Who says so; else you. Only the machine itself may name another.")


class JudgeTwo(_Signed):
    """Two rows of one sort (attributions, reports, entities) are one, or are two. `opposes`: two attributions are on
    two sides of one claim; `contradicts`: the claims of two attributions cannot both hold."""

    relation: Literal["same", "different", "opposes", "contradicts"]
    a: Row
    b: Row


class JudgeStance(_Signed):
    """How an attribution stands to its claim; `none`: it bears on no claim."""

    relation: Literal["stance"]
    attribution: AttributionId
    stance: Stance | Literal["none"]


class JudgeName(_Signed):
    """What somebody (an entity), or the claim of an attribution, is called."""

    relation: Literal["named"]
    of: Annotated[str, _id("attribution|entity")]
    name: Name


class JudgeSpeaker(_Signed):
    """Whose words an attribution holds."""

    relation: Literal["speaker"]
    attribution: AttributionId
    entity: EntityId


Judged = Annotated[JudgeTwo | JudgeStance | JudgeName | JudgeSpeaker, Field(discriminator="relation")]


class Undo(_Signed):
    """Why a judgement is taken back, and who does it."""


class Made(BaseModel):
    """The id of the judgement or withdrawal that was made; whether it was new, or a retry of one made before."""

    id: str
    new: bool


class TakenIn(BaseModel):
    """How many judgements and withdrawals were read, and how many of them were new here."""

    read: int
    new: int


MOST_TEXT = 100_000


class ToExtract(_Body):
    """The text of one report, and what is known of it."""

    text: str = Field(min_length=1, max_length=MOST_TEXT)
    verbatim: bool = Field(False, description="Take the text as it is; else a copied page's furniture is set aside.")
    url: str | None = Field(None, max_length=2000)
    publisher: str | None = Field(None, max_length=200)
    published: str | None = Field(None, max_length=40)
