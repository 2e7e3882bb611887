"""`/`: draw a picture, or choose one, and see what the model makes of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from predictor.error_responses import STATUS, error_response, prefers_json
from predictor.forms import PictureForm
from predictor.pages.unavailable import answers_unavailable
from predictor.recognition.errors import ImageError
from predictor.serving import served_models
from predictor.verdicts import page_answer


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("Accept")
@answers_unavailable
def draw(request: HttpRequest) -> HttpResponse:
    """Show the page; on POST recognise the form's picture, for the page's script or as a page."""
    if request.method != "POST":
        return _page(request, PictureForm())
    form = PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        message = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return _refuse(request, form, HTTPStatus.BAD_REQUEST, "form_invalid", message)
    try:
        prediction = served_models().recognizer(form.selector).recognize(form.cleaned_data["image"].read())
    except ImageError as error:
        return _refuse(request, form, STATUS[type(error)], error.code, error.message)
    if prefers_json(request):
        return JsonResponse(page_answer(prediction))
    return _page(request, form, answer=page_answer(prediction))


def _refuse(request: HttpRequest, form: PictureForm, status: int, code: str, message: str) -> HttpResponse:
    if prefers_json(request):
        return error_response(request, status, code, message)
    return _page(request, form, status=status, problem=message)


def _page(
    request: HttpRequest, form: PictureForm, status: int = HTTPStatus.OK, **context: Any
) -> HttpResponse:
    metadata = served_models().recognizer().package.metadata
    context |= {"form": form, "metadata": metadata, "subject": "digit" if metadata.is_digits else "picture"}
    return render(request, "predictor/draw.html", context, status=status)
