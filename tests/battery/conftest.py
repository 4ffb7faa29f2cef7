"""Models that are fetched stand in the battery as tiny random ones of the same classes, small ones as themselves."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

import models_world
import tiny_models
from safelight.stages.models.registry import MODELS


@pytest.fixture(scope="module", autouse=True)  # gone again when other tests follow in the same process
def fetched_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """As if `safelight models fetch` had got them; the processes that tests start see them too."""
    cache = tmp_path_factory.mktemp("fetched")
    tiny_models.clipseg(cache / "safelight" / "models" / "clipseg")
    tiny_models.clip(cache / "safelight" / "models" / "clip")
    tiny_models.lama(cache / "safelight" / "models" / "lama")
    tiny_models.sd2(cache / "safelight" / "models" / "sd2-inpainting")
    weights = models_world.weights_folder()
    if weights is not None:
        models_world.fetch_small(weights, cache / "safelight" / "models")
        eyes = cache / "safelight" / "models" / "squeezenet1_1"
        eyes.mkdir()
        shutil.copy(weights / "squeezenet1_1_caffe-95788d64.pth", eyes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAFELIGHT_CACHE", str(cache))
        patch.setenv("SAFELIGHT_TINY_MODELS", "1")  # for trials.py as a program
        for name, entry in tiny_models.unpinned().items():
            patch.setitem(MODELS, name, entry)
        yield
