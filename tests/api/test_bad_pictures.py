"""Every odd picture over HTTP: a prediction, or the one status and code of its family, however sent."""

from __future__ import annotations

import pytest

from tests.api.uploads import as_file, as_json, post_json
from tests.pictures import PICTURES

STATUS = {
    "prediction": 200,
    "empty_file": 400,
    "damaged_image": 400,
    "file_too_large": 413,
    "too_many_pixels": 413,
    "unsupported_format": 415,
    "nothing_drawn": 422,
}
# Where the way decides before the picture is looked at.
EARLIER = {
    ("body", "empty_file"): "missing_file",  # An empty body is no body.
    ("json", "file_too_large"): "request_too_large",  # base64 is longer by a third.
}


def send(program, content, way):
    if way == "form":
        return program.post("/api/v1/predict", {"file": as_file(content)})
    if way == "body":
        return program.post("/api/v1/predict", content, content_type="image/png")
    return post_json(program, "/api/v1/predict", as_json(content))


def outcome_of(response):
    answer = response.json()
    return answer["error"]["code"] if "error" in answer else "prediction"


@pytest.mark.parametrize("name", PICTURES)
def test_every_odd_picture_has_its_one_answer_each_way(program, name):
    content, expected = PICTURES[name].make(), PICTURES[name].outcome

    responses = {way: send(program, content, way) for way in ("form", "body", "json")}

    for way, response in responses.items():
        code = EARLIER.get((way, expected), expected)
        assert (way, outcome_of(response), response.status_code) == (way, code, STATUS[expected])


def test_the_upload_page_answers_them_all_and_none_spoils_another(client):
    answered = refused = 0
    pictures = [(picture.outcome, picture.make()) for picture in PICTURES.values()]

    for start in range(0, len(pictures), 16):
        batch = pictures[start : start + 16]
        page = client.post("/upload/", {"images": [as_file(content) for _, content in batch]})
        assert page.status_code == 200
        table = page.text.partition("</template>")[2]  # Before it stands what the page's script fills.
        answered += table.count('data-label="Answer"')
        refused += table.count('data-label="Problem"')

    expected = [outcome == "prediction" for outcome, _ in pictures]
    assert (answered, refused) == (sum(expected), len(expected) - sum(expected))
