"""Losses: the value worked out by hand in numpy, gradients that point the right way, nothing learnt from the unlabelled."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.learn.data.base import VOID
from safelight.learn.segment.losses import LOSSES, SMOOTH, mean_square
from safelight.learn.segment.settings import LOSS_NAMES

OF_CLASSES = [name for name in LOSSES if name != "sets"]
"""Those whose labels are classes; `sets` has its own tests in test_race."""

LOGITS = np.array([[[[1.0, -1.0], [0.5, 2.0]], [[0.0, 1.0], [0.5, -2.0]], [[-1.0, 0.0], [3.0, 0.0]]]])
LABELS = np.array([[[0, 1], [2, VOID]]])
WEIGHTS = np.array([0.5, 2.0, 1.0])


def chances() -> np.ndarray:
    """Softmax of LOGITS over classes: (3, 4), pixels in reading order."""
    powers = np.exp(LOGITS[0].reshape(3, 4))
    return powers / powers.sum(0)


def by_hand(name: str, weights: np.ndarray) -> float:
    """The loss of LOGITS against LABELS; pixel k of the first three is of class k, the fourth is not labelled."""
    p = chances()
    right = np.array([p[0, 0], p[1, 1], p[2, 2]])
    entropy = (weights * -np.log(right)).sum() / weights.sum()
    overlap = 1 - (2 * right + SMOOTH) / (p[:, :3].sum(1) + 1 + SMOOTH)
    dice = (weights * overlap).sum() / weights.sum()
    square = (weights * ((p[:, :3] - np.eye(3)) ** 2).mean(0)).sum() / weights.sum()
    return float({"cross-entropy": entropy, "dice": dice, "both": entropy + dice, "mse": square}[name])


@pytest.mark.parametrize("name", OF_CLASSES)
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["equal", "weighted"])
def test_the_value_is_the_one_by_hand(name: str, weights: np.ndarray | None) -> None:
    """Three labelled pixels of three classes and one without a label, with and without weights of classes."""
    given_weights = None if weights is None else torch.tensor(weights, dtype=torch.float32)
    found = LOSSES[name](torch.tensor(LOGITS, dtype=torch.float32), torch.tensor(LABELS), given_weights)
    assert float(found) == pytest.approx(by_hand(name, np.ones(3) if weights is None else weights), rel=1e-5)


def test_settings_know_the_losses() -> None:
    """Names in settings and the functions are the same."""
    assert tuple(LOSSES) == LOSS_NAMES


@pytest.mark.parametrize("name", OF_CLASSES)
def test_perfect_and_sure_costs_nothing(name: str) -> None:
    """The true class with all certainty: next to nought; another one: much more."""
    labels = torch.randint(0, 3, (2, 8, 8), generator=torch.Generator().manual_seed(1))
    sure = 40.0 * torch.nn.functional.one_hot(labels, 3).permute(0, 3, 1, 2).float()
    assert float(LOSSES[name](sure, labels, None)) == pytest.approx(0, abs=1e-5)
    assert float(LOSSES[name](sure.roll(1, 1), labels, None)) > 0.5


@pytest.mark.parametrize("name", OF_CLASSES)
@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 10_000), weighted=st.booleans())
def test_unlabelled_pixels_teach_nothing(name: str, seed: int, weighted: bool) -> None:
    """What the network says where nobody labelled changes neither loss nor gradient elsewhere, and gets no gradient."""
    chance = torch.Generator().manual_seed(seed)
    logits = torch.randn(2, 4, 6, 5, generator=chance)
    labels = torch.randint(0, 4, (2, 6, 5), generator=chance)
    void = torch.rand(2, 6, 5, generator=chance) < 0.4
    labels[void] = VOID
    weights = torch.rand(4, generator=chance) + 0.1 if weighted else None
    other = torch.where(void[:, None], torch.randn(logits.shape, generator=chance) * 9, logits)
    losses, gradients = [], []
    for each in (logits, other):
        each = each.clone().requires_grad_()
        loss = LOSSES[name](each, labels, weights)
        loss.backward()
        losses.append(float(loss.detach()))
        gradients.append(each.grad)
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    assert torch.allclose(gradients[0], gradients[1], atol=1e-6)
    assert float(gradients[1].permute(0, 2, 3, 1)[void].abs().max() if void.any() else 0) == 0


def test_dice_leaves_out_what_the_batch_does_not_hold() -> None:
    """A class no label names is no term of the mean: the loss is that of the classes there are."""
    labels = torch.tensor([[[0, 0, 1, 1]]])
    found = LOSSES["dice"](torch.zeros(1, 3, 1, 4), labels, None)
    assert float(found) == pytest.approx(1 - (2 * 2 / 3 + SMOOTH) / (4 / 3 + 2 + SMOOTH))


@pytest.mark.parametrize("name", OF_CLASSES)
@pytest.mark.parametrize("kind", [torch.uint8, torch.int64])
def test_a_batch_without_labels_is_nought(name: str, kind: torch.dtype) -> None:
    """No loss, no gradient, no division by nought; label maps of bytes are taken as they come."""
    logits = torch.randn(1, 3, 4, 4, requires_grad=True)
    loss = LOSSES[name](logits, torch.full((1, 4, 4), VOID, dtype=kind), torch.ones(3))
    loss.backward()
    assert float(loss.detach()) == 0
    assert float(logits.grad.abs().max()) == 0


@pytest.mark.parametrize("name", OF_CLASSES)
def test_following_the_gradient_finds_the_answer(name: str) -> None:
    """Plain descent from chance: the loss falls at once, and the right class is soon the likeliest at every pixel."""
    chance = torch.Generator().manual_seed(4)
    labels = torch.randint(0, 3, (1, 6, 6), generator=chance)
    logits = torch.randn(1, 3, 6, 6, generator=chance).requires_grad_()
    first = LOSSES[name](logits, labels, None)
    optimizer = torch.optim.Adam([logits], lr=0.2)
    for _ in range(80):
        optimizer.zero_grad()
        loss = LOSSES[name](logits, labels, None)
        loss.backward()
        optimizer.step()
    assert float(loss.detach()) < 0.3 * float(first.detach())
    assert torch.equal(logits.argmax(1), labels)


@pytest.mark.parametrize("name", OF_CLASSES)
def test_gradients_are_those_of_the_value(name: str) -> None:
    """Against differences, in double precision."""
    logits = torch.tensor(LOGITS, requires_grad=True)
    weights = torch.tensor(WEIGHTS)
    assert torch.autograd.gradcheck(lambda x: LOSSES[name](x, torch.tensor(LABELS), weights), (logits,))


def test_mean_square_of_two_classes_is_that_of_a_sigmoid() -> None:
    """The polygon recipe: mean square of a sigmoid against a binary mask."""
    logits, mask = torch.randn(2, 2, 5, 5), torch.randint(0, 2, (2, 5, 5))
    sigmoid = torch.sigmoid(logits[:, 1] - logits[:, 0])
    assert float(mean_square(logits, mask)) == pytest.approx(float((sigmoid - mask).square().mean()), rel=1e-5)


def test_weights_shift_what_is_learnt() -> None:
    """A class of weight 3 pulls three times as hard as one of weight 1."""
    labels = torch.tensor([[[0, 1]]])
    logits = torch.zeros(1, 2, 1, 2, requires_grad=True)
    LOSSES["cross-entropy"](logits, labels, torch.tensor([1.0, 3.0])).backward()
    pull = logits.grad.abs()[0, 0, 0]
    assert float(pull[1] / pull[0]) == pytest.approx(3)
