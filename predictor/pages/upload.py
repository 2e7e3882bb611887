"""`/upload/`: many pictures at once, answered in a table or as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from predictor.access.limits import spend
from predictor.error_responses import error_response, prefers_json
from predictor.forms import UploadForm
from predictor.pages.model_choice import chosen_in_address
from predictor.pages.problem_words import problem_words
from predictor.pages.readings import page_reading
from predictor.pages.unavailable import answers_unavailable
from predictor.pages.words import upload_words
from predictor.predicting import choose_recognizer, predict_pictures, read_pictures
from predictor.recognition.errors import ImageError
from predictor.request_limits import MAX_BATCH_BYTES, takes_up_to
from predictor.serving import served_models
from predictor.verdicts import page_answer


@dataclass(frozen=True, slots=True)
class Row:
    """One file of an upload; `answer` or `problem` is set, never both."""

    file_name: str
    answer: dict[str, Any] | None = None
    problem: str = ""

    def as_item(self) -> dict[str, Any]:
        """What the page's script shows."""
        return {"file": self.file_name, "answer": self.answer, "problem": self.problem}


@takes_up_to(MAX_BATCH_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("Accept")
@answers_unavailable
def upload(request: HttpRequest) -> HttpResponse:
    """Show the page; on POST recognise every picture, each for itself."""
    initial = chosen_in_address(request)
    if request.method != "POST":
        form = UploadForm(initial=initial)
        served_models().recognizer(form.selector)  # Who cannot be answered is told before choosing pictures.
        return _page(request, form)
    spend(request, max(len(request.FILES.getlist("images")), 1))
    form = UploadForm(request.POST, request.FILES, initial=initial)
    if not form.is_valid():
        return _refuse(request, form)
    files: list[UploadedFile[bytes]] = form.cleaned_data["images"]
    rows = _read(form, files) if form.cleaned_data.get("several") else _predict(form, files)
    if prefers_json(request):
        return JsonResponse({"items": [row.as_item() for row in rows]})
    if request.POST.get("format") == "csv":
        return _csv_response(rows)
    return _page(request, form, rows=rows)


def _predict(form: UploadForm, files: Sequence[UploadedFile[bytes]]) -> list[Row]:
    outcomes = predict_pictures(choose_recognizer(form.selector), (file.read() for file in files))
    answers = [one if isinstance(one, ImageError) else page_answer(one) for one in outcomes]
    return _rows(files, answers)


def _read(form: UploadForm, files: Sequence[UploadedFile[bytes]]) -> list[Row]:
    recognizer = choose_recognizer(form.selector)
    pictures = [file.read() for file in files]
    answers = [
        one if isinstance(one, ImageError) else page_reading(one, recognizer.decode(picture))
        for picture, one in zip(pictures, read_pictures(recognizer, pictures), strict=True)
    ]
    return _rows(files, answers)


def _rows(files: Sequence[UploadedFile[bytes]], answers: Sequence[dict[str, Any] | ImageError]) -> list[Row]:
    names = [file.name or _("unnamed") for file in files]
    return [
        Row(name, problem=problem_words(one)) if isinstance(one, ImageError) else Row(name, answer=one)
        for name, one in zip(names, answers, strict=True)
    ]


def as_csv(rows: Sequence[Row]) -> str:
    """The answers as comma-separated values with a header line."""
    text = io.StringIO()
    # Quoted throughout: some spreadsheets part cells at semicolons, which a file's name may hold.
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(["file", "label", "confidence", "accepted", "reason", "model", "version", "error"])
    for row in rows:
        writer.writerow([harmless_cell(row.file_name), *_csv_cells(row), harmless_cell(row.problem)])
    return text.getvalue()


def _csv_cells(row: Row) -> list[Any]:
    if row.answer is None:
        return [""] * 6
    answer, model = row.answer, row.answer["model"]
    accepted, reason = "yes" if answer["accepted"] else "no", answer["reason"] or ""
    return [answer["label"], answer["confidence"], accepted, reason, model["name"], model["version"]]


def harmless_cell(text: str) -> str:
    """Keep a spreadsheet from reading a client's text, such as a file's name, as a formula."""
    looks_like_formula = text.startswith(("\t", "\r", "\n")) or text.lstrip().startswith(("=", "+", "-", "@"))
    return f"'{text}" if looks_like_formula else text


def _refuse(request: HttpRequest, form: UploadForm) -> HttpResponse:
    if prefers_json(request):
        message = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return error_response(request, HTTPStatus.BAD_REQUEST, "form_invalid", message)
    return _page(request, form, status=HTTPStatus.BAD_REQUEST)


def _csv_response(rows: Sequence[Row]) -> HttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="predictions.csv"'}
    return HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8", headers=headers)


def _page(
    request: HttpRequest, form: UploadForm, status: int = HTTPStatus.OK, **context: Any
) -> HttpResponse:
    context |= {"form": form, "words": upload_words()}
    context |= {"max_files": settings.MAX_UPLOAD_FILES, "max_image_bytes": settings.MAX_IMAGE_BYTES}
    return render(request, "predictor/upload.html", context, status=status)
