"""`/feedback/`: what the draw page's script sends when a person says whether an answer was right."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from predictor.access.limits import spend
from predictor.error_responses import STATUS, error_response
from predictor.feedback.errors import STATUS as STATUS_OF_REFUSAL
from predictor.feedback.errors import FeedbackRefused
from predictor.feedback.keeping import forget, keep_feedback, receipt_of
from predictor.pages.problem_words import problem_words
from predictor.pages.unavailable import answers_unavailable
from predictor.recognition.errors import ImageError
from predictor.serving import served_models

View = Callable[[HttpRequest], HttpResponse]


def _answers_refusals(view: View) -> View:
    """Count the request, and say why nothing was kept in the one error shape."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        spend(request)
        try:
            return view(request)
        except FeedbackRefused as error:
            return error_response(request, STATUS_OF_REFUSAL[error.code], error.code, error.message)
        except ImageError as error:
            return error_response(request, STATUS[type(error)], error.code, problem_words(error))

    return answer


@require_POST
@answers_unavailable
@_answers_refusals
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the file `image` as an example of `label`; `model` is the NAME@VERSION that answered.

    `receipt`, if any, is of what was said before; an empty `label` means none of the model's.
    """
    image, label = request.FILES.get("image"), request.POST.get("label")
    if not isinstance(image, UploadedFile) or label is None:
        message = _("Send the picture as 'image' and what it shows as 'label'.")
        return error_response(request, HTTPStatus.BAD_REQUEST, "form_invalid", message)
    recognizer = served_models().recognizer(request.POST.get("model") or None)
    feedback = keep_feedback(recognizer, image.read(), label, receipt=request.POST.get("receipt", ""))
    return JsonResponse({"receipt": receipt_of(feedback)}, status=HTTPStatus.CREATED)


@require_POST
@_answers_refusals
def take_back(request: HttpRequest) -> HttpResponse:
    """Delete what was said, by its `receipt`."""
    forget(request.POST.get("receipt", ""))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
