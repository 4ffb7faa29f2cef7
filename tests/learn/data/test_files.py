"""Files of training data: the same pixels as everywhere in Safelight, masks as their own numbers, nothing half read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageCms, PngImagePlugin

import data_world as world
from safelight.learn.data.errors import DamagedFile, MissingFile, NoLabelMap
from safelight.learn.data.files import inside, mode, order, pictures_in, read_image, read_plane, size
from safelight.pictures.decode import decode


def smooth(height: int = 40, width: int = 60) -> np.ndarray:
    """Soft colours, as photos have them."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([x * 4, y * 6, 255 - x * 2 - y], -1).clip(0, 255).astype(np.uint8)


def _save(path: Path, how: str) -> None:
    picture = Pillow.fromarray(smooth())
    options: dict = {"quality": 90} if path.suffix in {".jpg", ".webp"} else {}
    if how in {"L", "CMYK", "P", "RGBA", "LA", "1"}:
        picture = picture.convert(how)
        if how in {"RGBA", "LA"}:
            picture.putalpha(Pillow.fromarray(smooth()[..., 0]))
    elif how == "16":
        picture = Pillow.fromarray(smooth()[..., 0].astype(np.uint16) * 200)
    elif how.startswith("turn"):
        exif = Pillow.Exif()
        exif[274] = int(how[4:])
        options["exif"] = exif
    elif how == "progressive":
        options |= {"progressive": True, "subsampling": 0}
    elif how == "profile":
        options["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    elif how == "gamma":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add(b"gAMA", (100000).to_bytes(4, "big"))
    elif how == "transparent":
        options["transparency"] = (0, 0, 255)
    picture.save(path, **options)


@pytest.mark.parametrize("how", [
    *(f".jpg {how}" for how in ("RGB", "L", "CMYK", "progressive", "profile", *(f"turn{turn}" for turn in range(1, 9)))),
    *(f".png {how}" for how in ("RGB", "L", "P", "RGBA", "LA", "1", "16", "gamma", "transparent", "profile", "turn6")),
    ".webp RGB", ".webp RGBA", ".tif RGB",
])  # fmt: skip
def test_photos_are_the_pixels_that_safelight_sees(tmp_path: Path, how: str) -> None:
    """Quick or careful, both ways of decoding give the same; so does the size told from the head."""
    suffix, kind = how.split()
    path = tmp_path / f"a{suffix}"
    _save(path, kind)
    image = read_image(path)
    assert (image == decode(path.read_bytes()).image).all()
    assert size(path) == (image.shape[1], image.shape[0])
    assert mode(path)


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_nothing_is_half_read(tmp_path: Path, suffix: str) -> None:
    """Cut anywhere, padded, empty or not there; of a PNG not one bit may be wrong."""
    path = tmp_path / f"a{suffix}"
    world.photo(path, (40, 30))
    data = path.read_bytes()
    for cut in (0, 1, 10, len(data) // 2, len(data) - 2):
        for pad in (b"", bytes(len(data) - cut)):
            path.write_bytes(data[:cut] + pad)
            with pytest.raises(DamagedFile, match=rf"a{suffix}"):
                read_image(path)
    rng = np.random.default_rng(0)
    if suffix == ".png":
        Pillow.fromarray(smooth(120, 160)).save(path)
        data = path.read_bytes()
    for _ in range(150 if suffix == ".png" else 0):
        wrong = bytearray(data)
        wrong[int(rng.integers(8, len(data)))] ^= 1 << int(rng.integers(8))
        path.write_bytes(wrong)
        for read in (read_image, read_plane):
            with pytest.raises(DamagedFile):
                read(path)
    path.unlink()
    for read in (read_image, read_plane, size, mode):
        with pytest.raises(MissingFile):
            read(path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    """A few bytes that say 300 million pixels."""
    path = tmp_path / "a.png"
    Pillow.new("1", (20_000, 15_000)).save(path)
    assert path.stat().st_size < 100_000
    for read in (read_image, read_plane, size):
        with pytest.raises(DamagedFile, match="300 million pixels"):
            read(path)


def test_masks_are_their_own_numbers(tmp_path: Path) -> None:
    """Grey, palette, one bit, 16 bits, colour; a mode that is no map is told."""
    values = np.arange(48).reshape(6, 8).astype(np.uint8)
    path = tmp_path / "m.png"
    for write in (world.grey, world.indexed):
        write(path, values)
        assert (read_plane(path).values == values).all()
    plane = read_plane(path)
    assert plane.mode == "P"
    assert plane.palette is not None
    assert plane.palette[3].tolist() == [252, 1, 7]
    Pillow.fromarray(values.astype(np.uint16) * 1000).save(path)
    assert (read_plane(path).values == values.astype(int) * 1000).all()
    Pillow.fromarray(values > 20).save(path)
    assert (read_plane(path).values == (values > 20)).all()
    photo = world.photo(path)
    assert (read_plane(path).values == photo).all()
    Pillow.fromarray(smooth()).convert("CMYK").save(tmp_path / "m.tif")
    with pytest.raises(NoLabelMap, match=r"m.tif is a picture of mode CMYK"):
        read_plane(tmp_path / "m.tif")


def test_names_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    """Absolute names, `..` that climbs out, nothing at all."""
    assert inside(tmp_path, "a/../b.png") == tmp_path / "a/../b.png"
    for name in ("/etc/passwd", "../x", "a/../../x", "", "a\0b"):
        assert inside(tmp_path, name) is None


def test_pictures_come_in_the_order_people_count(tmp_path: Path) -> None:
    """2 before 10; hidden files and other files are no pictures; no folder, no pictures."""
    for name in ("10.jpg", "2.JPG", "b.png", "a1.webp", ".hidden.png", "x.txt"):
        (tmp_path / name).write_bytes(b"x")
    assert [path.name for path in pictures_in(tmp_path)] == ["2.JPG", "10.jpg", "a1.webp", "b.png"]
    assert pictures_in(tmp_path / "none") == []
    assert sorted([Path("10"), Path("9")], key=order)[0].name == "9"
