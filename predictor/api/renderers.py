"""The forms of an answer: JSON for programs, and the same as a page that looks like the rest of the site."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html_join
from rest_framework import renderers
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer

from predictor.json_answers import dump_json

if TYPE_CHECKING:
    from rest_framework.views import APIView  # Which imports the renderers that the settings name: this one.


class JSONRenderer(renderers.JSONRenderer):
    """JSON by `dump_json`; by REST framework where the Accept header asks for an `indent`."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Write an answer."""
        if data is None or self.get_indent(accepted_media_type or "", renderer_context or {}) is not None:
            return super().render(data, accepted_media_type, renderer_context)
        return dump_json(data)


class BrowsableAPIRenderer(renderers.BrowsableAPIRenderer):
    """Our own template `rest_framework/api.html`, with forms that work without a script.

    REST framework's has inline styles, which the Content Security Policy forbids, and opens on a form
    for raw data, which asks people to write multipart by hand.
    """

    def get_raw_data_form(self, *args: Any, **kwargs: Any) -> None:
        """No form for raw data: the HTML form is the one form."""

    def render_form_for_serializer(self, serializer: BaseSerializer[Any]) -> str | bytes | None:
        """Render a form's fields with the templates in `rest_framework/site/`."""
        style = {"style": {"template_pack": "rest_framework/site"}}
        form: str = renderers.HTMLFormRenderer().render(serializer.data, None, style)
        return form

    def get_description(self, view: APIView, status_code: int) -> str:
        """The view's docstring, to everyone."""
        paragraphs = view.get_view_description().split("\n\n")
        return format_html_join("", "<p>{}</p>", ((paragraph,) for paragraph in paragraphs))

    def get_context(
        self, data: Any, accepted_media_type: str | None, renderer_context: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What the template shows."""
        context = super().get_context(data, accepted_media_type, renderer_context)
        return context | {"invitation": _is_invitation(renderer_context)}

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> str:
        """Render the page. One that invites to POST is a page found, not an error met."""
        page = super().render(data, accepted_media_type, renderer_context)
        if renderer_context and _is_invitation(renderer_context):
            renderer_context["response"].status_code = HTTPStatus.OK
        return page


def _is_invitation(renderer_context: Mapping[str, Any]) -> bool:
    """Whether a person opened an address that only takes POST: programs get a 405 or 401 there."""
    request: Request = renderer_context["request"]
    return request.method in ("GET", "HEAD") and "GET" not in renderer_context["view"].allowed_methods
