"""What each page of the desk shows: one documented dataclass a page, made from a record by a function beside it.

Nothing here knows of HTTP or HTML. Lists are bounded; `more` says that there is more than is shown.
"""
