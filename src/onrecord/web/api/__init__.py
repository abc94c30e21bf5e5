"""The API, `/api/v1`: everything that the pages show and the commands do, as JSON, under an OpenAPI schema."""

from onrecord.web.api.page import router

__all__ = ["router"]
