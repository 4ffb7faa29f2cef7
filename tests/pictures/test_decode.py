"""decode: any picture file to the image contract, or the one error that says why not."""

from __future__ import annotations

import io
import os
import pickle
import struct
import unicodedata
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL import ImageCms

from pictures.samples import huge_jpeg, huge_png, photo, png16, saved, tiff12, tiff16
from safelight.model.errors import (
    CutOff,
    EmptyFile,
    NotAPicture,
    NotYetSupported,
    PictureError,
    TooLarge,
    TooManyPixels,
    Undecodable,
)
from safelight.pictures.decode import Limits, decode

SCENE = photo()


def close(image: np.ndarray, expected: np.ndarray, most: float = 6) -> bool:
    """Whether two pictures have one size and differ little on average."""
    return image.shape == expected.shape and float(np.abs(image.astype(int) - expected.astype(int)).mean()) < most


@pytest.mark.parametrize(
    ("kind", "how", "name"),
    [
        ("JPEG", {"quality": 95}, "JPEG"),
        ("JPEG", {"quality": 95, "progressive": True}, "JPEG"),
        ("PNG", {}, "PNG"),
        ("TIFF", {}, "TIFF"),
        ("TIFF", {"compression": "tiff_lzw"}, "TIFF"),
        ("TIFF", {"compression": "tiff_adobe_deflate"}, "TIFF"),
        ("WEBP", {"quality": 95}, "WebP"),
        ("WEBP", {"lossless": True}, "WebP"),
    ],
)
def test_every_format_comes_as_the_contract(kind, how, name):
    """RGB uint8, contiguous and writable, with the right size and format name."""
    picture = decode(saved(SCENE, kind, **how))
    assert (picture.format, picture.width, picture.height) == (name, 160, 120)
    assert picture.image.dtype == np.uint8
    assert picture.image.flags.c_contiguous
    assert picture.image.flags.writeable
    assert close(picture.image, SCENE)
    assert picture.notes == ("no profile",)


def test_lossless_formats_come_bit_for_bit():
    """Nothing is resampled or recoloured where nothing has to be."""
    for kind in ("PNG", "TIFF"):
        assert np.array_equal(decode(saved(SCENE, kind)).image, SCENE)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_upright_whatever_the_orientation(kind, orientation):
    """A file stored in each of the eight ways of EXIF decodes to the same upright picture."""
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Pillow's transposition that stores it so
    stored = Pillow.fromarray(SCENE)
    if orientation > 1:
        stored = stored.transpose(Pillow.Transpose(undo[orientation]))
    exif = Pillow.Exif()
    exif[274] = orientation
    picture = decode(saved(stored, kind, exif=exif, **({"quality": 95} if kind != "PNG" else {})))
    assert (picture.width, picture.height) == (160, 120)
    assert close(picture.image, SCENE)
    assert ("turned" in picture.notes) == (orientation > 1)


def test_grey_palette_and_bilevel():
    """Grey, palette and black-and-white pictures become RGB and say so."""
    grey = decode(saved(Pillow.fromarray(SCENE).convert("L"), "JPEG"))
    assert "grey" in grey.notes
    assert np.ptp(grey.image.astype(int), axis=-1).max() == 0
    palette = decode(saved(Pillow.fromarray(SCENE).quantize(200), "PNG"))
    assert "palette" in palette.notes
    assert close(palette.image, SCENE, 12)
    bilevel = decode(saved(Pillow.fromarray(SCENE).convert("1"), "TIFF"))
    assert set(np.unique(bilevel.image)) == {0, 255}


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_parts_are_white_paper(mode):
    """Alpha of every kind is laid onto white."""
    drawn = Pillow.fromarray(SCENE).convert("RGBA")
    drawn.putalpha(Pillow.fromarray(np.where(np.arange(160) < 80, 0, 255)[None].repeat(120, 0).astype(np.uint8)))
    drawn = drawn.quantize(64) if mode == "P" else drawn.convert(mode)
    picture = decode(saved(drawn, "PNG"))
    assert "alpha" in picture.notes
    assert (picture.image[:, :80] == 255).all()
    assert close(picture.image[:, 80:, 1], (SCENE if mode != "LA" else picture.image)[:, 80:, 1], 15)


def test_sixteen_bit_is_scaled_not_clipped():
    """PNG and TIFF of 16 bits, colour and grey, either byte order: mid grey stays mid grey."""
    deep = SCENE.astype(np.uint16) * 257
    for data in (png16(deep), tiff16(deep), tiff16(deep, ">")):
        picture = decode(data)
        assert "16-bit" in picture.notes
        assert np.array_equal(picture.image, SCENE)
    for data in (saved(Pillow.fromarray(deep[..., 1]), "PNG"), tiff16(deep[..., 1]), tiff16(deep[..., 1], ">")):
        picture = decode(data)
        assert "16-bit" in picture.notes
        assert np.array_equal(picture.image[..., 0], SCENE[..., 1])


def test_twelve_bit_grey_is_scaled_by_its_own_range():
    """Scanners and scientific cameras pack two pixels into three bytes; white is 4095, not 65535."""
    picture = decode(tiff12(SCENE[..., 1].astype(int) * 4095 // 255))
    assert np.abs(picture.image[..., 0].astype(int) - SCENE[..., 1]).max() <= 1


def test_32_bit_is_told_as_not_yet():
    """Scientific TIFFs have no agreed white: refused by name rather than guessed at."""
    with pytest.raises(NotYetSupported) as told:
        decode(saved(Pillow.fromarray(SCENE[..., 0].astype(np.float32)), "TIFF"))
    assert "32-bit" in told.value.values["format"]


def test_cmyk_of_adobe_and_without_the_marker():
    """Inks are not taken for their inverse, with or without Adobe's marker, JPEG and TIFF."""
    inks = Pillow.fromarray(SCENE).convert("CMYK")
    adobe = saved(inks, "JPEG", quality=95)
    assert b"Adobe" in adobe
    at = adobe.index(b"\xff\xee")
    length = struct.unpack(">H", adobe[at + 2 : at + 4])[0]
    inverted = Pillow.fromarray(255 - np.asarray(inks), "CMYK")
    unmarked = saved(inverted, "JPEG", quality=95)
    unmarked = unmarked[:at] + unmarked[at + 2 + length :]
    for data in (adobe, unmarked, saved(inks, "TIFF")):
        picture = decode(data)
        assert "cmyk" in picture.notes
        assert close(picture.image, SCENE, 8)


def test_profiles_are_followed():
    """A picture in another colour space comes to the sRGB it stands for; sRGB itself is left untouched."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    assert np.array_equal(decode(saved(SCENE, "PNG", icc_profile=srgb.tobytes())).image, SCENE)
    lab = ImageCms.profileToProfile(
        Pillow.fromarray(SCENE), srgb, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")), outputMode="LAB"
    )
    assert close(decode(saved(lab, "TIFF")).image, SCENE, 3)


def test_a_swapped_profile_swaps_the_colours():
    """A profile whose red and blue primaries are exchanged proves that profiles are applied at all."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, blue = data.index(b"rXYZ"), data.index(b"bXYZ")
    data[red : red + 4], data[blue : blue + 4] = b"bXYZ", b"rXYZ"
    text = data.index("sRGB".encode("utf-16-be"))
    data[text : text + 8] = "swap".encode("utf-16-be")
    picture = decode(saved(SCENE, "PNG", icc_profile=bytes(data)))
    assert "profile" in picture.notes
    assert close(picture.image[..., ::-1], SCENE, 3)


@pytest.mark.parametrize(
    "profile", [b"rubbish", b"\0" * 200, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()]
)
def test_a_profile_that_cannot_be_used_is_named(profile):
    """The picture is still read, plainly, and the notes say what happened."""
    picture = decode(saved(SCENE, "PNG", icc_profile=profile))
    assert np.array_equal(picture.image, SCENE)
    assert {"broken profile", "profile of another colour space"} & set(picture.notes)


def test_animated_and_many_pages_give_the_first():
    """GIF, animated PNG and WebP, and a TIFF of two pages: the first, and a note."""
    first, second = Pillow.fromarray(SCENE), Pillow.new("RGB", (160, 120), "red")
    for kind in ("GIF", "PNG", "WEBP"):
        picture = decode(saved(first, kind, save_all=True, append_images=[second]))
        assert "animated: first frame" in picture.notes
        assert close(picture.image, SCENE, 14)
    pages = decode(saved(first, "TIFF", save_all=True, append_images=[second]))
    assert "several pages: first page" in pages.notes
    assert np.array_equal(pages.image, SCENE)


def test_a_phones_jpeg_with_a_second_picture_inside_is_no_animation():
    """Multi-picture files of phones and cameras (a depth map, a large preview) are ordinary photos."""
    picture = decode(
        saved(Pillow.fromarray(SCENE), "MPO", save_all=True, append_images=[Pillow.new("RGB", (160, 120))])
    )
    assert picture.format == "JPEG"
    assert picture.notes == ("no profile",)


# --- bad input: factor × the error it must end in -------------------------------------------------------------


JPEG = saved(SCENE, "JPEG", quality=90)
PNG = saved(SCENE, "PNG")
BAD = {
    "empty": (b"", EmptyFile),
    "text": (b"Dear photographer, this is a letter.\n" * 20, NotAPicture),
    "film": (b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + b"\0" * 200, NotAPicture),
    "pdf": (b"%PDF-1.7\n" + b"x" * 500, NotAPicture),
    "zeros": (b"\0" * 10_000, CutOff),
    "cut jpeg": (JPEG[: len(JPEG) // 2], CutOff),
    "padded jpeg": (JPEG[: len(JPEG) // 2].ljust(len(JPEG), b"\0"), CutOff),
    "cut png": (PNG[: len(PNG) // 2], CutOff),
    "padded png": (PNG[: len(PNG) // 2].ljust(len(PNG), b"\0"), CutOff),
    "cut tiff": (saved(SCENE, "TIFF")[:20_000], CutOff),
    "cut webp": (saved(SCENE, "WEBP")[:700], CutOff),
    "200 megapixels, png": (huge_png(), TooManyPixels),
    "200 megapixels, jpeg": (huge_jpeg(), TooManyPixels),
    "200 megapixels, cut off": (huge_jpeg()[:1500], TooManyPixels),
    "200 megapixels, webp": (
        b"RIFF\x36\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + (15_999).to_bytes(3, "little") * 2
        + b"VP8L\x18\0\0\0" + b"\x2f" * 24,
        TooManyPixels,
    ),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + struct.pack(">I", 40) + b"mdat" + b"x" * 32, NotYetSupported),
    "avif": (saved(SCENE, "AVIF"), NotYetSupported),
    "cr2": (b"II*\0\x10\0\0\0CR\x02\0" + b"x" * 9000, NotYetSupported),
    "raf": (b"FUJIFILMCCD-RAW 0201" + b"x" * 9000, NotYetSupported),
    "bmp": (saved(SCENE, "BMP"), NotYetSupported),
    "png with a broken checksum": (PNG[:200] + bytes([PNG[200] ^ 1]) + PNG[201:], Undecodable),
}  # fmt: skip


@pytest.mark.parametrize("case", ["png with a broken checksum"])
def test_damage_is_seen_after_a_book_was_made(case, monkeypatch):
    """What another library switches on for the whole process makes no damaged photo whole, and is left as it was."""
    from PIL import ImageFile

    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    with pytest.raises(PictureError):
        decode(BAD[case][0])
    assert ImageFile.LOAD_TRUNCATED_IMAGES


@pytest.mark.parametrize("case", BAD)
def test_bad_input_ends_in_the_right_error(case):
    """Each kind of bad file ends in its own error, worded in both languages with nothing left unfilled."""
    data, kind = BAD[case]
    with pytest.raises(PictureError) as told:
        decode(data)
    assert type(told.value) is kind
    for language in ("en", "fr"):
        assert "{" not in told.value.say(language)
    assert pickle.loads(pickle.dumps(told.value)).say("fr") == told.value.say("fr")


def test_bounds_are_arguments():
    """More bytes or pixels than allowed are refused with both numbers, before decoding."""
    with pytest.raises(TooLarge, match="0 MB, at most 0"):
        decode(JPEG, Limits(bytes=1000))
    with pytest.raises(TooManyPixels):
        decode(JPEG, Limits(pixels=19_199))
    assert decode(JPEG, Limits(pixels=19_200)).width == 160


def test_the_name_does_not_matter(tmp_path: Path):
    """A PNG called .jpg, a name of 255 bytes and one with decomposed accents: the content decides."""
    for name in ("really a png.jpg", "n" * 251 + ".jpg", unicodedata.normalize("NFD", "Départ à l'aube.jpeg")):
        file = tmp_path / name
        file.write_bytes(PNG)
        assert decode(file.read_bytes()).format == "PNG"


def dng() -> bytes:
    """A TIFF that says it is a DNG."""
    return saved(SCENE, "TIFF", tiffinfo={50706: b"\x01\x04\0\0"})


def test_raw_dressed_as_tiff_is_not_a_picture_of_its_preview():
    """A DNG opens as its thumbnail in careless decoders; here it is kept and named."""
    with pytest.raises(NotYetSupported) as told:
        decode(dng())
    assert told.value.values["format"] == "DNG"


def test_the_librarys_global_limits_are_left_as_they_were(monkeypatch):
    """Warnings and the pixel bound of the decoder library are the same before and after, also after an error."""
    monkeypatch.setattr(Pillow, "MAX_IMAGE_PIXELS", 123_456)
    before = 123_456, list(warnings.filters)
    decode(JPEG)
    with pytest.raises(CutOff):
        decode(JPEG[:900])
    assert (Pillow.MAX_IMAGE_PIXELS, list(warnings.filters)) == before


# --- fuzz ---------------------------------------------------------------------------------------------------


def _exif() -> Pillow.Exif:
    exif = Pillow.Exif()
    exif[274], exif[271], exif[36867] = 6, "Canon", "2024:06:15 14:00:00"
    return exif


SMALL = Pillow.fromarray(photo(40, 30))
SEEDS = [
    saved(SMALL, "JPEG", exif=_exif()),
    saved(
        SMALL, "JPEG", progressive=True, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    ),
    saved(SMALL.convert("CMYK"), "JPEG"),
    saved(SMALL, "PNG", exif=_exif()),
    saved(SMALL.quantize(16), "PNG", transparency=3),
    saved(SMALL, "TIFF"),
    saved(SMALL, "TIFF", compression="tiff_lzw", exif=_exif()),
    saved(SMALL.convert("L"), "TIFF", compression="jpeg"),
    saved(SMALL, "WEBP", exif=_exif()),
    saved(SMALL, "WEBP", lossless=True, save_all=True, append_images=[Pillow.new("RGB", (40, 30))]),
    saved(SMALL, "GIF", save_all=True, append_images=[Pillow.new("RGB", (40, 30))]),
    png16(photo(40, 30).astype(np.uint16) * 257),
]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    data=st.sampled_from(SEEDS),
    flips=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), max_size=6),
    cut=st.none() | st.floats(0, 1),
    padded=st.booleans(),
)
def test_whatever_the_bytes_only_picture_errors(data, flips, cut, padded):
    """Flipped, cut and padded files decode to the contract or raise a PictureError: nothing else, no warning."""
    broken = bytearray(data)
    for where, bits in flips:
        broken[min(int(where * len(broken)), len(broken) - 1)] ^= bits
    if cut is not None:
        whole = len(broken)
        broken = broken[: int(cut * whole)].ljust(whole if padded else 0, b"\0")
    try:
        image = decode(bytes(broken), Limits(pixels=4_000_000)).image
    except PictureError:
        return
    assert image.dtype == np.uint8
    assert image.ndim == 3


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0\x08\0\0\0", b"GIF89a", b"RIFF\x40\0\0\0WEBP"]),
    st.binary(max_size=300),
)
def test_rubbish_behind_a_good_beginning(head, rest):
    """Random bytes behind each format's mark raise PictureErrors only."""
    try:
        decode(head + rest)
    except PictureError:
        return


# --- the trial data -----------------------------------------------------------------------------------------


@pytest.mark.shared
def test_all_photos_of_the_trial_data_decode(shared: Path):
    """All 84, decomposed accents and odd names included, to their upright size."""
    names = [Path(folder) / name for folder, _, files in os.walk(shared / "photos") for name in files]
    files = [name for name in names if name.suffix.lower() in {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"}]
    assert len(files) == 84
    for file in files:
        data = file.read_bytes()
        picture = decode(data)
        with Pillow.open(io.BytesIO(data)) as plain:
            assert {plain.width, plain.height} == {picture.width, picture.height}


def test_drawing_helper_is_not_symmetric():
    """The scene the orientation tests rely on differs from each of its turns."""
    for turn in range(7):
        turned = np.asarray(Pillow.fromarray(SCENE).transpose(Pillow.Transpose(turn)))
        assert not close(turned, SCENE)
