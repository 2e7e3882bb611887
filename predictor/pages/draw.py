"""`/`: draw a picture, or choose one, and see what the model makes of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from predictor.access.limits import spend
from predictor.error_responses import STATUS, error_response, prefers_json
from predictor.forms import PictureForm
from predictor.pages.model_choice import chosen_in_address, describe_for_page, models_on_offer
from predictor.pages.problem_words import problem_words
from predictor.pages.unavailable import answers_unavailable
from predictor.pages.words import draw_words
from predictor.predicting import choose_recognizer, predict_picture
from predictor.recognition.errors import ImageError
from predictor.serving import served_models
from predictor.verdicts import page_answer


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("Accept")
@answers_unavailable
def draw(request: HttpRequest) -> HttpResponse:
    """Show the page; on POST recognise the form's picture, for the page's script or as a page."""
    initial = chosen_in_address(request)
    if request.method != "POST":
        return _page(request, PictureForm(initial=initial))
    spend(request)
    form = PictureForm(request.POST, request.FILES, initial=initial)
    if not form.is_valid():
        message = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return _refuse(request, form, HTTPStatus.BAD_REQUEST, "form_invalid", message)
    try:
        answer = _answer(form)
    except ImageError as error:
        return _refuse(request, form, STATUS[type(error)], error.code, problem_words(error))
    if prefers_json(request):
        return JsonResponse(answer)
    return _page(request, form, answer=answer)


def _answer(form: PictureForm) -> dict[str, Any]:
    recognizer = choose_recognizer(form.selector)
    prediction = predict_picture(recognizer, form.cleaned_data["image"].read())
    weights = recognizer.explain(prediction) if form.cleaned_data["explain"] else None
    return page_answer(prediction, weights)


def _refuse(request: HttpRequest, form: PictureForm, status: int, code: str, message: str) -> HttpResponse:
    if prefers_json(request):
        return error_response(request, status, code, message)
    return _page(request, form, status=status, problem=message)


def _page(
    request: HttpRequest, form: PictureForm, status: int = HTTPStatus.OK, **context: Any
) -> HttpResponse:
    metadata = served_models().recognizer(form.selector).package.metadata
    context |= {"form": form, "model_name": metadata.name, "models": models_on_offer()}
    context |= {"words": draw_words(), "asks_feedback": settings.FEEDBACK}
    return render(request, "predictor/draw.html", context | describe_for_page(metadata), status=status)
