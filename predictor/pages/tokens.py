"""`/tokens/`: a person's own API tokens."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from predictor.access import tokens as access_tokens
from predictor.access.rotation import NotRotatable, rotate_token
from predictor.audit import author_of
from predictor.count_models import TokenUsage
from predictor.forms import RotationForm, TokenForm
from predictor.models import APIToken
from predictor.usage_chart import DAYS, usage_chart

_PROBLEMS = {
    "already_rotated": gettext_lazy("It was rotated or revoked already."),
    "token_ended": gettext_lazy("It has ended; make a new one."),
}


@never_cache  # The answer to a POST holds a key, and only that answer ever does.
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """List one's tokens; on POST make one and show its key, once."""
    if request.method != "POST":
        return _page(request, TokenForm(_person(request)))
    form = TokenForm(_person(request), request.POST)
    if not form.is_valid():
        return _page(request, form, status=HTTPStatus.BAD_REQUEST)
    key, token = access_tokens.issue_token(
        _person(request),
        name=form.cleaned_data["name"],
        scopes=form.cleaned_data["scopes"],
        expires_at=form.expires_at,
        model_names=form.cleaned_data.get("models", []),
        author=author_of(request),
    )
    return _page_with_key(request, key, token)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def revoke_token(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask once more, then revoke. Another person's token does not exist here."""
    token = get_object_or_404(APIToken.objects.for_owner(_person(request)), public_id=public_id)
    if request.method != "POST":
        recent = token.usage.filter(day__gt=_today() - timedelta(days=DAYS)).aggregate(total=Sum("count"))
        context = {"token": token, "recent": recent["total"] or 0, "days": DAYS}
        return render(request, "predictor/revoke_token.html", context)
    access_tokens.revoke_token(token, author_of(request))
    messages.success(
        request, _("“%(name)s” is revoked. Its key opens nothing any more.") % {"name": token.name}
    )
    return redirect("predictor:tokens")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rotate(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask how long the old key shall work on, then rotate and show the new key, once."""
    token = get_object_or_404(APIToken.objects.for_owner(_person(request)), public_id=public_id)
    form = RotationForm(request.POST if request.method == "POST" else None)
    context = {"token": token, "form": form}
    if not form.is_valid():
        status = HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK
        return render(request, "predictor/rotate_token.html", context, status=status)
    try:
        key, new = rotate_token(token, overlap=form.cleaned_data["overlap"], author=author_of(request))
    except NotRotatable as error:
        context["problem"] = _PROBLEMS[error.code]
        return render(request, "predictor/rotate_token.html", context, status=HTTPStatus.CONFLICT)
    return _page_with_key(request, key, new, replaced=token)


def _page_with_key(
    request: HttpRequest, key: str, token: APIToken, replaced: APIToken | None = None
) -> HttpResponse:
    predict_url = request.build_absolute_uri("/api/v1/predict")
    created = {"key": key, "token": token, "replaced": replaced, "predict_url": predict_url}
    return _page(request, TokenForm(_person(request)), status=HTTPStatus.CREATED, created=created)


def _page(request: HttpRequest, form: TokenForm, status: int = HTTPStatus.OK, **context: Any) -> HttpResponse:
    own = APIToken.objects.for_owner(_person(request))
    recent = Sum("usage__count", filter=Q(usage__day__gt=_today() - timedelta(days=DAYS)))
    tokens = list(own.annotate(recent=recent).order_by("-created_at", "-pk"))
    context |= {"form": form, "tokens": tokens, "days": DAYS}
    if any(token.last_used_at for token in tokens):
        context["chart"] = usage_chart(TokenUsage.objects.filter(token__owner=_person(request)))
    return render(request, "predictor/tokens.html", context, status=status)


def _today() -> date:
    return datetime.now(UTC).date()


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)  # login_required has turned everyone else away.
