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
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from predictor.access.limits import spend
from predictor.forms import UploadForm
from predictor.pages.model_choice import chosen_in_address
from predictor.pages.unavailable import answers_unavailable
from predictor.predicting import choose_recognizer, predict_pictures
from predictor.recognition.errors import ImageError
from predictor.recognition.recognizer import Prediction
from predictor.request_limits import MAX_BATCH_BYTES, takes_up_to
from predictor.serving import served_models
from predictor.verdicts import page_answer


@dataclass(frozen=True, slots=True)
class Row:
    """One file of an upload; `answer` or `problem` is set, never both."""

    file_name: str
    answer: dict[str, Any] | None = None
    problem: str = ""


@takes_up_to(MAX_BATCH_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
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
        return _page(request, form, status=HTTPStatus.BAD_REQUEST)
    files: list[UploadedFile[bytes]] = form.cleaned_data["images"]
    outcomes = predict_pictures(choose_recognizer(form.selector), (file.read() for file in files))
    rows = [_row(file.name or "unnamed", outcome) for file, outcome in zip(files, outcomes, strict=True)]
    if request.POST.get("format") == "csv":
        return _csv_response(rows)
    return _page(request, form, rows=rows, csv=as_csv(rows))


def _row(file_name: str, outcome: Prediction | ImageError) -> Row:
    if isinstance(outcome, ImageError):
        return Row(file_name, problem=outcome.message)
    return Row(file_name, answer=page_answer(outcome))


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


def _csv_response(rows: Sequence[Row]) -> HttpResponse:
    headers = {"Content-Disposition": 'attachment; filename="predictions.csv"'}
    return HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8", headers=headers)


def _page(
    request: HttpRequest, form: UploadForm, status: int = HTTPStatus.OK, **context: Any
) -> HttpResponse:
    limits = {"max_files": settings.MAX_UPLOAD_FILES, "max_bytes": MAX_BATCH_BYTES}
    return render(request, "predictor/upload.html", context | {"form": form} | limits, status=status)
