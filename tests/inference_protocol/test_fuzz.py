"""Whatever is sent: an answer or one clear refusal, never a fault of ours.

`FUZZ_EXAMPLES` sets how many requests are made up; CI has time for the default.
"""

from __future__ import annotations

import gzip
import json
import struct
import zlib

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.fuzzing import FUZZ_EXAMPLES, post
from tests.inference_protocol.asking import HEADER_LENGTH, INFER, behind_lengths

DATATYPES = ["UINT8", "FP32", "FP64", "BYTES", "BOOL", "FP16", "INT64", "", None, 7]
SOUND = [("UINT8", [1, 784]), ("FP32", [2, 28, 28]), ("FP64", [1, 1, 28, 28]), ("BYTES", [1]), ("BYTES", [2])]
BYTES_PER_VALUE = {"UINT8": 1, "FP32": 4, "FP64": 8}
OUTPUT_NAMES = ["predict", "predict_proba", "label", "accepted", "other", "", None]
PARAMETERS = [
    "binary_data",
    "binary_data_output",
    "binary_data_size",
    "classification",
    "shared_memory_region",
]

odd_numbers = st.sampled_from(
    [-1, 0, 1, 27, 28, 255, 256, 783, 784, 785, 2**31, 2**63, 10**40, 0.5, 1e308, -0.0]
)
leaves = st.one_of(st.none(), st.booleans(), odd_numbers, st.integers(), st.floats(), st.text(max_size=8))
anything = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
shapes = st.one_of(
    st.sampled_from(
        [[1], [2], [1, 1], [1, 784], [2, 784], [1, 28, 28], [1, 1, 28, 28], [3, 1, 28, 28], [0, 784]]
    ),
    st.lists(odd_numbers | st.integers(-3, 800), max_size=6),
    anything,
)
parameters = st.dictionaries(st.sampled_from(PARAMETERS), leaves, max_size=3)
outputs = st.one_of(
    st.none(),
    st.lists(
        st.fixed_dictionaries(
            {"name": st.sampled_from(OUTPUT_NAMES)}, optional={"parameters": parameters | anything}
        ),
        max_size=5,
    ),
    anything,
)


def values_of(shape):
    """How many values a shape has, as far as it is worth making them up."""
    count = 1
    for size in shape if isinstance(shape, list) else []:
        count *= size if isinstance(size, int) and 0 <= size <= 3000 else 1
    return min(count, 3000)


@st.composite
def pictures(draw, picture_file):
    """A sound picture file, a mutilated one, or noise."""
    kind = draw(st.sampled_from(["whole", "cut", "flipped", "noise"]))
    if kind == "noise":
        return draw(st.binary(max_size=40))
    position = draw(st.integers(0, len(picture_file) - 1))
    if kind == "cut":
        return picture_file[:position]
    if kind == "flipped":
        changed = bytes([picture_file[position] ^ draw(st.integers(1, 255))])
        return picture_file[:position] + changed + picture_file[position + 1 :]
    return picture_file


@st.composite
def raw_data(draw, datatype, shape, picture_file):
    """The raw bytes that a tensor of this shape has, or some others."""
    count = values_of(shape)
    if datatype == "BYTES":
        raw = behind_lengths(*(draw(pictures(picture_file)) for _ in range(min(count, 4))))
    elif datatype in BYTES_PER_VALUE and draw(st.booleans()):
        word = draw(st.binary(min_size=8, max_size=8))
        raw = (word * count)[: count * BYTES_PER_VALUE[datatype]]
    else:
        raw = bytes(count * BYTES_PER_VALUE.get(datatype, 1))
    how = draw(st.sampled_from(["as it is", "as it is", "as it is", "longer", "shorter", "other lengths"]))
    if how == "longer":
        return raw + draw(st.binary(min_size=1, max_size=9))
    if how == "shorter":
        return raw[: draw(st.integers(0, len(raw)))]
    if how == "other lengths" and len(raw) >= 4:
        return struct.pack("<I", draw(st.integers(0, 2**32 - 1))) + raw[4:]
    return raw


@st.composite
def json_data(draw, shape):
    """Flat values, as many as the shape has or nearly so; or anything."""
    if draw(st.integers(0, 4)) == 0:
        return draw(anything)
    count = max(values_of(shape) + draw(st.sampled_from([0, 0, 0, 1, -1])), 0)
    data = [draw(odd_numbers | st.sampled_from(["aGk=", "", True, None, [], [0]]))] * count
    return [data] if draw(st.integers(0, 3)) == 0 else data


@st.composite
def requests(draw, picture_file):
    """The body and the headers of a request that is valid, or nearly so, or far from it."""
    sound = draw(st.booleans())  # Then nothing but the data and the envelope may be wrong.
    datatype, shape = draw(st.sampled_from(SOUND) if sound else st.tuples(st.sampled_from(DATATYPES), shapes))
    name = "image" if sound else draw(st.sampled_from(["image"] * 6 + ["other", None]))
    tensor = {"name": name, "shape": shape, "datatype": datatype}
    raw = b""
    if draw(st.booleans()):
        raw = draw(raw_data(datatype, shape, picture_file))
        size = (
            len(raw)
            if sound
            else draw(st.sampled_from([len(raw)] * 5 + [len(raw) + 1, -1, None, True, "9", 2**70]))
        )
        tensor["parameters"] = {"binary_data_size": size}
    else:
        tensor["data"] = draw(json_data(shape))
    if sound:
        names = draw(st.lists(st.sampled_from(OUTPUT_NAMES[:4]), unique=True))
        flags = {"binary_data": draw(st.booleans())}
        wanted = [{"name": name, "parameters": flags} for name in names]
        head = json.dumps({"inputs": [tensor], "outputs": wanted}).encode()
        exact = (head + raw, {HEADER_LENGTH: str(len(head))}, "")
        return exact if draw(st.booleans()) else draw(enveloped(head, raw))
    fields = {"inputs": [tensor] * draw(st.sampled_from([1] * 8 + [0, 2])), "outputs": draw(outputs)}
    for key in draw(st.lists(st.sampled_from(["id", "parameters", "inputs", "model_name"]), max_size=1)):
        fields[key] = draw(parameters if key == "parameters" else anything)
    return draw(enveloped(json.dumps(fields).encode(), raw))


@st.composite
def enveloped(draw, head, raw):
    """JSON and raw bytes as a body: lengths, encodings and types true to it or not."""
    headers = {}
    if raw or draw(st.booleans()):
        length = draw(st.sampled_from([len(head)] * 8 + [0, len(head) - 1, len(head) + len(raw), 10**9, -1]))
        headers[HEADER_LENGTH] = draw(st.sampled_from([str(length)] * 9 + ["", "x", "1.0", " 5"]))
    body = head + raw
    encoding = draw(st.sampled_from([None] * 6 + ["gzip", "deflate", "br", "gzip, deflate"]))
    if encoding:
        headers["Content-Encoding"] = encoding
        pack = {"gzip": gzip.compress, "deflate": zlib.compress}.get(encoding, bytes)
        body = pack(body) if draw(st.integers(0, 4)) else body
    if draw(st.integers(0, 9)) == 0:
        position = draw(st.integers(0, len(body)))
        body = body[:position] + draw(st.binary(max_size=4)) + body[position + 1 :]
    kind = draw(
        st.sampled_from(
            ["", "application/json", "application/octet-stream", "multipart/form-data", "x/y; z*=nope''%41"]
        )
    )
    return body, headers, kind


@pytest.mark.timeout(0)
@settings(
    max_examples=FUZZ_EXAMPLES,
    deadline=10_000,  # Milliseconds: what takes longer hangs.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_a_request_of_any_kind_is_answered_or_refused(alice_key, picture, data):
    body, headers, kind = data.draw(requests(picture))

    status, answered, answer = post(INFER, body, kind, headers | {"Authorization": f"Token {alice_key}"})

    event(f"status {status}")  # Shown by --hypothesis-show-statistics.
    if status == 200:
        assert answered["Content-Type"] in {"application/json", "application/octet-stream"}
    else:
        assert status in {400, 413, 415, 422}
        assert answered["Content-Type"] == "application/json"
        assert list(json.loads(answer)) == ["error"]
        assert len(answer) < 2000
