"""Convolutional networks learn, resume, export and are described; tiny ones, on ten kinds of bars."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from predictor.recognition.model_package import open_package
from predictor.recognition.package_metadata import InputForm
from predictor.recognition.recognizer import Recognizer
from predictor.training.augmentation import Augmentation
from predictor.training.cnn.settings import Architecture, Examples, Phase, Schedule, Teacher, Training
from predictor.training.errors import TrainingError
from predictor.training.evaluation import png_bytes
from predictor.training.progress import silent
from predictor.training.recipe import Run
from predictor.training.recipes import RECIPES, fashion_cnn, mnist_cnn
from tests.packages import ONNX_METADATA, policy, write_package
from tests.system import require_torch
from tests.training.idx_folders import bars

TINY = Training(
    Architecture(channels=(4, 8, 8), depths=(1, 1, 1), first_kernel_px=3, dropout=0.0, classes=10),
    (
        Phase(Schedule(epochs=3, batch=20, averaging=0.5, peak_rate=0.02), Augmentation(shift_px=0.2)),
        Phase(Schedule(epochs=1, batch=20, averaging=0.5, peak_rate=0.01), Augmentation()),
    ),
    validation_part=6,
    wanted_accuracy=0.9,
)
pytestmark = [
    # Deprecated parts that PyTorch's own exporter still uses.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning:torch.*"),
]


@pytest.fixture(autouse=True)
def torch():
    require_torch()


@pytest.fixture
def run(tmp_path):
    def run(report=silent, seed=3):
        return Run(seed, report, tmp_path / "run")

    return run


def examples(per_digit=24, seed=6):
    images, labels = bars(per_digit, seed)
    return Examples((images[:, np.newaxis] / np.float32(255)).astype(np.float32), labels)


SMALL_AMOUNTS = mnist_cnn.Amounts(drawn=20, rewritten=20, no_digits=20, clothes=20)


def clothes(count):
    return np.random.default_rng(1).integers(0, 256, (count, 28, 28), dtype=np.uint8)


def train(training, run, pictures=None):
    """What the network answers for its validation pictures, and their labels."""
    from predictor.training.cnn.trainer import scores_of, train_network

    learning, validation = (pictures or examples()).parted(training.validation_part)
    return scores_of(
        train_network(training, learning, validation, run), validation.pictures
    ), validation.labels


def test_a_fitted_network_answers_as_a_package(tmp_path, run):
    pictures = examples(48)

    first = replace(TINY.phases[0], schedule=replace(TINY.phases[0].schedule, epochs=10))
    training = replace(TINY, phases=(first,))
    trained = fashion_cnn.fit(pictures.pictures, pictures.labels, run(), training=training)

    metadata = replace(
        ONNX_METADATA,
        input=InputForm((1, 28, 28)),
        preprocessing="plain-28x28",
        temperature=trained.temperature,
    )
    folder = write_package(tmp_path, metadata=metadata, model=trained.content)
    recognizer = Recognizer.from_package(open_package(folder, policy()))
    images, labels = bars(2, seed=9)
    answers = [recognizer.recognize(png_bytes(image)).label for image in images]
    assert answers == [str(label) for label in labels]


def test_the_exported_file_names_no_file_of_the_machine(run):
    pictures = examples()

    trained = fashion_cnn.fit(pictures.pictures, pictures.labels, run(), training=TINY)

    assert b".py" not in trained.content
    assert b"stack_trace" not in trained.content


def test_an_export_has_nothing_to_say(capfd):
    from predictor.training.cnn.export import onnx_bytes
    from predictor.training.cnn.network import ServedNetwork, build_network

    onnx_bytes(ServedNetwork(build_network(TINY.architecture), TINY.architecture), examples().pictures[:4])

    assert capfd.readouterr() == ("", "")


def test_an_export_that_answers_otherwise_is_refused(run, monkeypatch):
    from predictor.training.cnn import export
    from predictor.training.cnn.network import ServedNetwork, build_network

    served = ServedNetwork(build_network(TINY.architecture), TINY.architecture)
    wrong = np.zeros((4, 10), np.float32)
    monkeypatch.setattr(export, "scores_of", lambda *_: (wrong,))

    with pytest.raises(TrainingError, match="answers otherwise"):
        export.onnx_bytes(served, examples().pictures[:4])


def test_a_quantised_network_answers_as_before_in_whole_numbers(run):
    pictures = examples(48)
    longer = replace(TINY.phases[0], schedule=replace(TINY.phases[0].schedule, epochs=10))
    training = replace(TINY, phases=(longer,), quantised=True)
    lines = []

    trained = fashion_cnn.fit(pictures.pictures, pictures.labels, run(lines.append), training=training)

    assert any("of the answers stay" in line for line in lines)
    assert b"QuantizeLinear" in trained.content


def test_the_first_convolution_and_the_last_layer_stay_float(run):
    import onnx
    from onnx import TensorProto

    from predictor.training.cnn.export import onnx_bytes
    from predictor.training.cnn.network import ServedNetwork, build_network
    from predictor.training.cnn.quantisation import quantised

    served = ServedNetwork(build_network(TINY.architecture), TINY.architecture)
    pictures = examples().pictures

    graph = onnx.load_from_string(quantised(onnx_bytes(served, pictures[:4]), pictures)).graph

    kinds = {tensor.name: tensor.data_type for tensor in graph.initializer}
    made_by = {node.output[0]: node for node in graph.node}
    weights = [node.input[1] for node in graph.node if node.op_type in {"Conv", "Gemm"}]
    stored = [kinds[made_by[name].input[0] if name in made_by else name] for name in weights]
    assert stored == [TensorProto.FLOAT, TensorProto.INT8, TensorProto.INT8, TensorProto.FLOAT]


def test_a_network_that_quantising_spoils_is_refused(run, monkeypatch):
    from predictor.training.cnn import fitting

    pictures = examples()
    worthless = fashion_cnn.fit(pictures.pictures, pictures.labels, run(), training=TINY).content
    monkeypatch.setattr(fitting, "quantised", lambda *_: worthless)
    answers = fitting.answers_of
    monkeypatch.setattr(
        fitting,
        "answers_of",
        lambda content, asked: [-each if content is worthless else each for each in answers(content, asked)],
    )

    with pytest.raises(TrainingError, match="quantised"):
        fashion_cnn.fit(pictures.pictures, pictures.labels, run(), training=replace(TINY, quantised=True))


TEACHER = Teacher(
    replace(TINY.architecture, channels=(6, 12, 12)),
    (Phase(Schedule(epochs=8, batch=20, averaging=0.5, peak_rate=0.02), Augmentation(shift_px=0.2)),),
    weight=0.7,
    temperature=2,
)


def test_a_pupil_follows_its_teacher_even_against_the_labels(run, tmp_path):
    from predictor.training.cnn.distillation import TrainedTeacher
    from predictor.training.cnn.trainer import scores_of, train_network

    right, validation = examples(48).parted(TINY.validation_part)
    wrong = Examples(right.pictures, (right.labels + 1) % 10)
    its_own = replace(TINY, architecture=TEACHER.architecture, phases=TEACHER.phases)
    mistaken = train_network(its_own, wrong, validation, Run(3, silent, tmp_path / "teacher"))
    training = replace(TINY, phases=TEACHER.phases)

    pupil = train_network(
        training, right, validation, run(), teacher=TrainedTeacher(replace(TEACHER, weight=1), mistaken)
    )

    answers = scores_of(pupil, validation.pictures)[0].argmax(axis=1)
    assert (answers == (validation.labels + 1) % 10).mean() > 0.9


def test_who_agrees_with_the_teacher_loses_nothing_to_it():
    import torch

    from predictor.training.cnn.distillation import TrainedTeacher
    from predictor.training.cnn.network import ServedNetwork, build_network

    network = build_network(TEACHER.architecture).eval()
    teacher = TrainedTeacher(TEACHER, ServedNetwork(network, TEACHER.architecture))
    pictures = torch.from_numpy(examples().pictures[:5])
    agreeing = network(pictures)

    of_labels = torch.tensor(2.0)

    assert teacher.joined(of_labels, pictures, agreeing).item() == pytest.approx(2 * (1 - TEACHER.weight))
    assert teacher.joined(of_labels, pictures, agreeing.flip(1)).item() > 2 * (1 - TEACHER.weight)


def test_a_run_with_a_teacher_is_resumed_in_either_part(run, tmp_path):
    pictures = examples(48)
    training = replace(TINY, teacher=replace(TEACHER, phases=TINY.phases))

    def fit(where, report=silent):
        its_run = Run(3, report, tmp_path / where)
        return fashion_cnn.fit(pictures.pictures, pictures.labels, its_run, training=training).content

    whole = fit("whole")
    interruptions = iter(["epoch 2 of 4", "epoch 3 of 4", None])
    wanted = next(interruptions)
    seen = 0

    def report(line):
        nonlocal seen, wanted
        seen += "epoch 4 of 4" in line  # The teacher's last comes first.
        if wanted and wanted in line and seen == (wanted == "epoch 3 of 4"):
            wanted = next(interruptions)
            raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            fit("interrupted", report)

    assert fit("interrupted", report) == whole


def test_digits_learn_what_is_no_digit_too(run):
    phases = tuple(replace(phase, supplied=(10, 10, 10, 10)) for phase in TINY.phases)
    architecture = replace(TINY.architecture, knows_outliers=True)
    training = replace(TINY, architecture=architecture, phases=phases)
    pictures = examples()

    trained = mnist_cnn.fit(
        pictures.pictures,
        pictures.labels,
        replace(run(), others=clothes(60)),
        training=training,
        amounts=SMALL_AMOUNTS,
    )

    assert b"outlier" in trained.content
    assert 0 < trained.max_outlier < 1


def test_what_is_kept_to_choose_with_is_never_rewritten(run, monkeypatch):
    seen = []
    monkeypatch.setattr(
        mnist_cnn,
        "rewritten_digits",
        lambda digits, *_: (seen.append(len(digits)) or digits[:10], np.arange(10)),
    )
    monkeypatch.setattr(
        mnist_cnn,
        "sent_pictures",
        lambda others, *_: seen.append(len(others)) or np.zeros((10, 1, 28, 28), np.float32),
    )
    pictures = examples()
    phases = tuple(replace(phase, supplied=(10, 10, 10, 10)) for phase in TINY.phases)
    training = replace(TINY, architecture=replace(TINY.architecture, knows_outliers=True), phases=phases)

    mnist_cnn.fit(
        pictures.pictures,
        pictures.labels,
        replace(run(), others=clothes(60)),
        training=training,
        amounts=SMALL_AMOUNTS,
    )

    assert seen == [200, 50]


def test_digits_are_not_learnt_without_what_to_reject(run):
    pictures = examples()

    with pytest.raises(TrainingError, match="clothing"):
        mnist_cnn.fit(pictures.pictures, pictures.labels, run())


def test_the_same_seed_gives_the_same_network_and_another_one_another(run):
    first, second, other = (train(TINY, run(seed=seed))[0][0] for seed in (3, 3, 4))

    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, other)


def test_an_interrupted_run_ends_where_an_uninterrupted_one_does(run, tmp_path):
    whole = train(TINY, Run(3, silent, tmp_path / "other"))[0][0]

    def interrupt(line):
        if "epoch 2 of 4" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(TINY, run(interrupt))
    lines = []
    resumed = train(TINY, run(lines.append))[0][0]

    np.testing.assert_array_equal(resumed, whole)
    assert "Going on after epoch 2" in lines[0]
    assert [line.split(":")[0].strip() for line in lines[1:]] == ["epoch 3 of 4", "epoch 4 of 4"]


def test_the_checkpoint_of_another_run_is_not_gone_on_from(run):
    train(TINY, run(seed=3))
    lines = []

    train(TINY, run(lines.append, seed=4))

    assert "another run" in lines[0]
    assert "epoch 1 of 4" in lines[1]


def test_a_damaged_checkpoint_is_not_gone_on_from(run, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "network").write_bytes(b"half a file")
    lines = []

    train(TINY, run(lines.append))

    assert "cannot be read" in lines[0]
    assert "epoch 1 of 4" in lines[1]


def test_a_mirrored_network_answers_the_same_for_the_mirror_image():
    from predictor.training.cnn.network import ServedNetwork, build_network
    from predictor.training.cnn.trainer import scores_of

    architecture = replace(TINY.architecture, mirrored=True)
    served = ServedNetwork(build_network(architecture), architecture)
    pictures = examples().pictures[:5]

    straight, mirrored = (scores_of(served, each)[0] for each in (pictures, pictures[:, :, :, ::-1].copy()))

    np.testing.assert_allclose(straight, mirrored, atol=1e-6)


def test_an_interruption_between_two_phases_costs_nothing(run, tmp_path):
    whole = train(TINY, Run(3, silent, tmp_path / "other"))[0][0]

    def interrupt(line):
        if "epoch 3 of 4" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(TINY, run(interrupt))

    np.testing.assert_array_equal(train(TINY, run())[0][0], whole)


@pytest.mark.parametrize(
    ("epoch", "expected"), [(0, (TINY.phases[0], 0)), (2, (TINY.phases[0], 2)), (3, (TINY.phases[1], 0))]
)
def test_each_epoch_belongs_to_a_phase(epoch, expected):
    assert TINY.phase_of(epoch) == expected


@pytest.mark.parametrize(("progress", "expected"), [(0, 0), (0.5, 0.5), (1, 1), (3, 0.5), (5, 0), (6, 0)])
def test_the_learning_rate_rises_evenly_and_falls_along_a_cosine(progress, expected):
    from predictor.training.cnn.trainer import learning_rate

    assert learning_rate(Schedule(epochs=5, peak_rate=1), progress) == pytest.approx(expected)


@pytest.mark.parametrize(("recipe", "count"), [(mnist_cnn, 96_235), (fashion_cnn, 510_250)])
def test_the_networks_are_as_large_as_the_docs_say(recipe, count):
    from predictor.training.cnn.network import build_network

    network = build_network(recipe.TRAINING.architecture)

    assert sum(weights.numel() for weights in network.parameters()) == count


def test_the_card_of_mnist_cnn_tells_its_size():
    assert "96,000 weights" in RECIPES["mnist-cnn"].description
