"""What a person chose of the pages' looks. The server writes it into the markup, so that nothing flashes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from predictor.pages.language import is_english_only

THEME_COOKIE = "theme"
THEMES = ("light", "dark")  # Anything else is the system's choice.

_MAX_ADDRESS = 500  # Longer ones belong to no page of ours.
_YEAR_S = 365 * 24 * 3600


def preferences(request: HttpRequest) -> dict[str, Any]:
    """What the frame of every page needs; a context processor."""
    language = translation.get_language_from_request(request)
    address = request.get_full_path()
    return {
        "theme": chosen_theme(request),
        "page_address": address if len(address) <= _MAX_ADDRESS else "/",
        "page_language": language,
        "page_direction": "rtl" if translation.get_language_info(language)["bidi"] else "ltr",
        "page_languages": settings.LANGUAGES,
        "content_is_english": is_english_only(request) and language != settings.LANGUAGE_CODE,
    }


def chosen_theme(request: HttpRequest) -> str:
    """`light`, `dark`, or empty for the system's."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return theme if theme in THEMES else ""


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember `theme`, and go back to the page that asked, which `next` names."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(
            THEME_COOKIE,
            theme,
            max_age=_YEAR_S,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response
