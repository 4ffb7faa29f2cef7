"""metadata and strip: what the camera wrote, without ever raising; and out again without touching a pixel."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo

from pictures.samples import photo, saved
from safelight.model.errors import CutOff, NotYetSupported
from safelight.pictures.decode import decode
from safelight.pictures.metadata import Metadata, read
from safelight.pictures.strip import strip

SCENE = photo()


def exif(**tags: object) -> Pillow.Exif:
    """EXIF as a camera writes it; names: make, model, taken, digitised, changed, serial, lens, gps, turn, text."""
    made = Pillow.Exif()
    places = {"make": 271, "model": 272, "turn": 274, "changed": 306, "text": 270, "stars": 0x4746}
    inner = {"taken": 36867, "digitised": 36868, "serial": 42033, "lens": 42036, "fraction": 37521}
    for name, value in tags.items():
        if name == "gps":
            made.get_ifd(0x8825).update({1: "N", 2: (47.0, 57.0, 0.0), 3: "E", 4: (0.0, 12.0, 27.0)})
        elif name in inner:
            made.get_ifd(0x8769)[inner[name]] = value
        else:
            made[places[name]] = value
    return made


XMP = """<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>
<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about=''
 xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'
 xmlns:exif='http://ns.adobe.com/exif/1.0/' xmp:Rating='4' exif:DateTimeOriginal='2024-06-15T16:00:01.25+02:00'>
<dc:description><rdf:Alt><rdf:li xml:lang='fr-FR'>Départ</rdf:li><rdf:li xml:lang='x-default'>The start</rdf:li>
</rdf:Alt></dc:description><dc:subject><rdf:Bag><rdf:li>race</rdf:li><rdf:li>départ</rdf:li></rdf:Bag></dc:subject>
<exif:GPSLatitude>47,57N</exif:GPSLatitude></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>""".encode()


def with_iptc(*rows: tuple[int, bytes]) -> bytes:
    """A JPEG with IPTC records in a Photoshop segment."""
    iptc = b"".join(b"\x1c\x02" + bytes([number]) + struct.pack(">H", len(text)) + text for number, text in rows)
    block = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(iptc)) + iptc + b"\0" * (len(iptc) % 2)
    body = b"Photoshop 3.0\0" + block
    data = saved(SCENE, "JPEG")
    return data[:2] + b"\xff\xed" + struct.pack(">H", len(body) + 2) + body + data[2:]


FULL = exif(
    make="NIKON CORPORATION", model="NIKON D6", taken="2024:06:15 23:12:08", fraction="87", serial="6001234\0",
    lens="NIKKOR Z 400mm f/2.8", gps=True, turn=6, text="Straight on",
)  # fmt: skip


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_a_cameras_facts_from_every_format(kind):
    """Time without fractions, a tidy camera name, serial, lens, place, orientation and caption."""
    found = read(saved(SCENE, kind, exif=FULL if kind != "TIFF" else FULL.tobytes()))
    assert found == Metadata(
        "2024-06-15T23:12:08", "Nikon D6", "6001234", "NIKKOR Z 400mm f/2.8", True, 6, "Straight on"
    )


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [
        ("Canon", "Canon EOS R5", "Canon EOS R5"),
        ("SONY", "ILCE-9M3", "Sony ILCE-9M3"),
        ("NIKON CORPORATION", "NIKON Z 9", "Nikon Z 9"),
        ("OLYMPUS CORPORATION    ", "E-M1MarkII", "Olympus E-M1MarkII"),
        ("Apple", "iPhone 15 Pro", "Apple iPhone 15 Pro"),
        ("Arca", "", "Arca"),
        ("", "DMC-G9", "DMC-G9"),
        ("", "", None),
    ],
)
def test_camera_names_are_tidy(make, model, camera):
    """The maker is said once, as people write it."""
    assert read(saved(SCENE, "JPEG", exif=exif(make=make, model=model))).camera == camera


@pytest.mark.parametrize(
    ("tags", "taken"),
    [
        ({"taken": "2024:06:15 14:00:00"}, "2024-06-15T14:00:00"),
        ({"taken": "0000:00:00 00:00:00"}, None),
        ({"taken": "    :  :     :  :  "}, None),
        ({"taken": "2024:13:45 14:00:00"}, None),
        ({"taken": "1904:01:01 00:00:00"}, None),
        ({"digitised": "2024:06:15 14:00:00"}, "2024-06-15T14:00:00"),
        ({"changed": "2024:06:15 14:00:00"}, None),
        ({"taken": "0000:00:00 00:00:00", "digitised": "2024:06:15 14:00:01"}, "2024-06-15T14:00:01"),
    ],
)
def test_times_that_make_no_sense_are_none(tags, taken):
    """A clock never set, blanks, month 13, and the time of an edit are no time of the photo."""
    assert read(saved(SCENE, "JPEG", exif=exif(**tags))).taken == taken


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_xmp(kind):
    """Rating, keywords, caption in the default language, time and place from an XMP packet."""
    packed = PngInfo()
    packed.add_itxt("XML:com.adobe.xmp", XMP.decode())
    how = {"TIFF": {"tiffinfo": {700: XMP}}, "PNG": {"pnginfo": packed}}
    found = read(saved(SCENE, kind, **how.get(kind, {"xmp": XMP})))
    assert (found.rating, found.keywords, found.caption) == (4, ("race", "départ"), "The start")
    assert (found.taken, found.has_gps) == ("2024-06-15T16:00:01", True)


def test_reject_is_minus_one_and_nonsense_is_none():
    """-1 is a photographer's reject; ratings beyond the scale and texts are none; XMP goes before EXIF."""
    for text, rating in (("-1", -1), ("0", 0), ("7", None), ("four", None), ("nan", None), ("1e999", None)):
        assert read(saved(SCENE, "JPEG", xmp=XMP.replace(b"'4'", f"'{text}'".encode()))).rating == rating
    assert read(saved(SCENE, "JPEG", exif=exif(stars=3))).rating == 3


def test_iptc_in_both_encodings():
    """Captions and keywords of agencies' software, UTF-8 or Latin-1."""
    for encoding in ("utf-8", "latin-1"):
        data = with_iptc((120, "Arrivée à midi".encode(encoding)), (25, "fête".encode(encoding)), (25, b"finish"))
        found = read(data)
        assert found.caption == "Arrivée à midi"
        assert found.keywords == ("fête", "finish")


def test_entities_are_not_expanded():
    """A packet that would unfold to gigabytes is not read at all."""
    bomb = b"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>" + XMP
    assert read(saved(SCENE, "JPEG", xmp=bomb)) == Metadata()


def test_nothing_to_read():
    """No picture, an empty file, a picture without metadata: an empty Metadata."""
    for data in (b"", b"letter", b"\xff\xd8\xff", saved(SCENE, "JPEG"), saved(SCENE, "GIF"), saved(SCENE, "AVIF")):
        assert read(data) == Metadata()


RICH = [
    saved(SCENE, "JPEG", exif=FULL, xmp=XMP),
    saved(SCENE, "PNG", exif=FULL),
    saved(SCENE, "TIFF", exif=FULL),
    saved(SCENE, "WEBP", exif=FULL, xmp=XMP),
    with_iptc((120, b"x" * 40)),
]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(RICH),
    st.lists(st.tuples(st.integers(0, 1500), st.integers(1, 255)), max_size=12),
    st.integers(0, 3000),
)
def test_rubbish_never_raises(data, flips, cut):
    """Flipped and cut files give a Metadata with fields of the right kind, and no warning."""
    broken = bytearray(data)
    for where, bits in flips:
        broken[where % len(broken)] ^= bits
    found = read(bytes(broken[: len(broken) - cut]))
    assert found.orientation in range(1, 9)
    assert found.taken is None or len(found.taken) == 19
    assert all(isinstance(word, str) for word in found.keywords)


SECRETS = (b"6001234", b"NIKON", b"NIKKOR", b"Straight on", b"GPS", b"Rating", b"8BIM", b"secret")


@pytest.mark.parametrize("turn", [1, 6])
@pytest.mark.parametrize("kind", ["JPEG", "progressive", "PNG", "WEBP"])
def test_stripping_leaves_pixels_and_orientation_only(kind, turn):
    """Place, serial number, texts and what is appended are gone; picture, profile and orientation are the same."""
    tags = exif(make="NIKON", model="D6", serial="6001234", lens="NIKKOR", gps=True, turn=turn, text="Straight on")
    how = {"exif": tags, "icc_profile": saved_profile()}
    if kind in {"JPEG", "progressive"}:
        how |= {"comment": b"secret", "xmp": XMP, "progressive": kind == "progressive"}
    if kind == "WEBP":
        how |= {"xmp": XMP}
    data = saved(SCENE, "JPEG" if kind == "progressive" else kind, **how) + b"secret trailer"
    bare = strip(data)
    assert not [word for word in SECRETS if word in bare]
    assert np.array_equal(decode(bare).image, decode(data).image)
    assert read(bare) == Metadata(orientation=turn)
    with Pillow.open(io.BytesIO(bare)) as picture:
        assert picture.info["icc_profile"] == saved_profile()
    assert strip(bare) == bare


def saved_profile() -> bytes:
    """An ICC profile with a fixed date."""
    from PIL import ImageCms

    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    data[24:36] = b"\x07\xe8\0\x06\0\x0f\0\0\0\0\0\0"
    return bytes(data)


def test_iptc_is_stripped_and_cmyk_keeps_its_marker():
    """Photoshop's segment goes, Adobe's marker, without which inks turn into their inverse, stays."""
    bare = strip(with_iptc((120, b"secret")))
    assert b"secret" not in bare
    inks = saved(Pillow.fromarray(SCENE).convert("CMYK"), "JPEG")
    assert np.array_equal(decode(strip(inks)).image, decode(inks).image)


def test_a_profile_named_only_in_exif_is_embedded_when_that_goes():
    """A file in Adobe RGB by EXIF alone has the same colours after stripping."""
    tags = exif(serial="6001234")
    tags.get_ifd(0x8769)[0xA005] = {1: "R03"}
    data = saved(SCENE, "JPEG", exif=tags)
    bare = strip(data)
    assert b"6001234" not in bare
    assert np.array_equal(decode(bare).image, decode(data).image)
    assert not np.array_equal(decode(bare).image, decode(saved(SCENE, "JPEG")).image)


def test_what_cannot_be_stripped_says_so():
    """TIFF and GIF are refused, cut files too: never half a job."""
    with pytest.raises(NotYetSupported):
        strip(saved(SCENE, "TIFF", exif=FULL))
    with pytest.raises(CutOff):
        strip(saved(SCENE, "JPEG")[:2000])
