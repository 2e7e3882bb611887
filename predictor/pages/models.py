"""`/models/`: which models are installed, what they can do, and why they are trusted."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import conditional_page, require_safe

from predictor.answers import model_answer
from predictor.forms import ready_models
from predictor.pages.card_pictures import PICTURE_NAME, other_pictures, plots, sample_mistakes
from predictor.recognition.package_metadata import are_digits
from predictor.serving import ModelState, UnknownModel, served_models

_FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def model_list(request: HttpRequest) -> HttpResponse:
    """List the active version of every model, with its key figures."""
    models = [model_answer(state) for state in served_models().states() if state.active]
    return render(request, "predictor/models.html", {"models": models})


@require_safe
def model_card(request: HttpRequest, name: str) -> HttpResponse:
    """Show all that is known of one model: its active version, or that of `?version=`."""
    state = _state(request, name)
    versions = [other.version for other in served_models().states() if other.name == name]
    model = model_answer(state)
    context = {
        "model": model,
        "plots": plots(state.package, model.get("card")),
        "mistakes": sample_mistakes(state.package, model.get("card")),
        "other_pictures": other_pictures(state.package),
        "may_compare": len(ready_models()) > 1,
        "versions": versions if len(versions) > 1 else [],
        "predict_url": request.build_absolute_uri("/api/v1/predict"),
        "example_file": "7.png" if are_digits(model.get("labels", [])) else "picture.png",
    }
    return render(request, "predictor/model.html", context)


def _state(request: HttpRequest, name: str) -> ModelState:
    version = request.GET.get("version")
    try:
        return served_models().state(f"{name}@{version}" if version else name)
    except UnknownModel as error:
        raise Http404(str(error)) from error


@require_safe
@conditional_page
def model_picture(request: HttpRequest, name: str, file: str) -> HttpResponse:
    """Serve a card's picture from the verified package, never from the disk."""
    content = _picture(request, name, file)
    response = HttpResponse(content, content_type="image/png")
    if request.GET.get("digest"):
        response["Cache-Control"] = _FOR_EVER  # The address names the package's bytes, so it never changes.
    return response


def _picture(request: HttpRequest, name: str, file: str) -> bytes:
    package = _state(request, name).package
    digest = request.GET.get("digest")
    content = package.files.get(f"card/{file}") if package and PICTURE_NAME.fullmatch(file) else None
    if package is None or content is None or digest not in (None, f"sha256:{package.digest}"):
        raise Http404(f"Model {name} has no picture {file}.")
    return content
