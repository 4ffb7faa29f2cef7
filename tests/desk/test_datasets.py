"""The datasets' routes: lists by pages, pictures, true masks and predictions with their IoU; what is wrong is 4xx."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from desk_world import SETTINGS, client
from safelight.app import Studio
from safelight.desk.routes.common import preferred
from safelight.model.kinds import CATEGORIES

JSON = {"Accept": "application/json"}


def values(data: bytes) -> np.ndarray:
    """A label map's values."""
    return np.asarray(Image.open(io.BytesIO(data)))


def test_what_the_desk_was_started_with(program: TestClient) -> None:
    """Names and addresses; no folder of the machine."""
    told = program.get("/api/datasets").json()["datasets"]
    assert [row["name"] for row in told] == ["street", "empty"]
    assert program.get(told[0]["images"]).status_code == 200
    assert "folder" not in told[0]


def test_the_list_comes_by_pages(program: TestClient) -> None:
    """Following `next` gives every id once, in order; the part for tests is shown first."""
    seen, address = [], "/api/datasets/street/images?limit=2"
    while address:
        told = program.get(address).json()
        assert (told["split"], told["splits"], told["total"]) == ("test", ["test", "train"], 3)
        assert len(told["images"]) <= 2
        seen += [row["id"] for row in told["images"]]
        address = told["next"]
    assert seen == [f"test_{number}_é#?%" for number in range(3)]
    assert len(program.get("/api/datasets/street/images?split=train").json()["images"]) == 2
    assert program.get("/api/datasets/street/images?offset=99").json()["images"] == []


def test_every_address_told_leads_somewhere(program: TestClient) -> None:
    """Also for an id with signs that addresses treat on their own."""
    row = program.get("/api/datasets/street/images").json()["images"][0]
    for key, kind in (("image", "image/jpeg"), ("mask", "image/png"), ("prediction", "image/png")):
        answer = program.get(row[key])
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
        assert Image.open(io.BytesIO(answer.content)).size == (96, 72)
        assert "private" in answer.headers["cache-control"]
    small = program.get(row["image"] + "&size=24")
    assert Image.open(io.BytesIO(small.content)).size == (24, 18)


def test_a_picture_is_found_in_whatever_part(program: TestClient) -> None:
    """Without a part named all are looked through; with one only that."""
    name = "/api/datasets/street/images/train_0_%C3%A9%23%3F%25"
    assert program.get(name).status_code == 200
    assert program.get(name + "?split=train").status_code == 200
    assert program.get(name + "?split=test").status_code == 404


def test_the_true_mask_is_what_was_drawn(program: TestClient) -> None:
    """In the data's own classes with 255 for unlabelled, or in the eight categories with 0."""
    name = "/api/datasets/street/images/test_0_%C3%A9%23%3F%25/mask"
    own = values(program.get(name).content)
    assert (own[0, 50], own[70, 50], own[0, 0]) == (0, 3, 255)
    eight = values(program.get(name + "?categories=8").content)
    assert (eight[0, 50], eight[70, 50], eight[0, 0]) == (CATEGORIES.index("sky"), CATEGORIES.index("flat"), 0)
    told = program.get(name, headers=JSON).json()
    assert np.array_equal(values(base64.b64decode(told["labels"]["base64"])), own)
    assert {row["name"]: row["percent"] for row in told["classes"]}["road"] == pytest.approx(46.88, abs=0.01)


@pytest.mark.parametrize(("query", "sky", "road"), [("", "sky", "road"), ("?categories=8", "sky", "flat")])
def test_a_prediction_says_how_well_it_fits(program: TestClient, query: str, sky: str, road: str) -> None:
    """IoU by class as counted again from both label maps; unlabelled pixels count neither for nor against."""
    base = "/api/datasets/street/images/test_0_%C3%A9%23%3F%25"
    told = program.get(f"{base}/prediction{query}", headers=JSON).json()
    truth = values(program.get(f"{base}/mask").content)
    found = values(base64.b64decode(told["labels"]["base64"]))
    index = {row["name"]: row["index"] for row in told["classes"]}
    rows = {row["name"]: row for row in told["compared"]["classes"]}
    for name, value in ((sky, 0), (road, 3)):
        true, said, known = truth == value, found == index[name], truth != 255
        both, either = (true & said).sum(), ((true | said) & known).sum()
        assert rows[name]["iou"] == pytest.approx(both / either, abs=1e-4)
    assert told["compared"]["labelled"] == pytest.approx(93.75)
    ious = [row["iou"] for row in rows.values()]
    assert told["compared"]["miou"] == pytest.approx(sum(ious) / len(ious), abs=1e-3)


@pytest.mark.parametrize(
    ("path", "status", "code", "where"),
    [
        ("/api/datasets/other/images", 404, "no_such_dataset", ""),
        ("/api/datasets/other/images/x", 404, "no_such_dataset", ""),
        ("/api/datasets/street/images/none", 404, "no_such_picture", ""),
        ("/api/datasets/street/images/none/mask", 404, "no_such_picture", ""),
        ("/api/datasets/street/images/none/prediction", 404, "no_such_picture", ""),
        ("/api/datasets/street/images/..%2f..%2fetc%2fpasswd", 404, "not_found", ""),
        ("/api/datasets/street/images?split=x", 422, "data_trouble", ""),
        ("/api/datasets/empty/images", 422, "data_trouble", ""),
        ("/api/datasets/street/images?limit=0", 422, "wrong_value", "query limit"),
        ("/api/datasets/street/images?limit=9999", 422, "wrong_value", "query limit"),
        ("/api/datasets/street/images?offset=-1", 422, "wrong_value", "query offset"),
        ("/api/datasets/street/images?offset=many", 422, "wrong_value", "query offset"),
        ("/api/datasets/street/images/test_0_%C3%A9%23%3F%25?size=-1", 422, "wrong_value", "query size"),
        (
            "/api/datasets/street/images/test_0_%C3%A9%23%3F%25/mask?categories=7",
            422,
            "wrong_value",
            "query categories",
        ),
        ("/api/datasets/street/images/", 404, "not_found", ""),
    ],
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_is_not_there_is_told(
    program: TestClient, path: str, status: int, code: str, where: str, language: str
) -> None:
    """One shape, both languages, the value named."""
    answer = program.get(path, headers={"Accept-Language": language})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code), answer.text
    assert error["message"]
    assert error["what_to_do"]
    if where:
        assert error["where"] == where


def test_all_of_it_is_locked(studio: Studio) -> None:
    """Nothing of a dataset without the token, not even whether it is there."""
    for path in ("", "/street/images", "/street/images/x", "/street/images/x/mask", "/street/images/x/prediction"):
        assert client(SETTINGS, studio).get(f"/api/datasets{path}").status_code == 401


def test_openapi_tells_every_route(program: TestClient) -> None:
    """Paths, the upload's form, the one shape of errors on each."""
    told = program.get("/api/openapi.json").json()
    assert set(told["paths"]) == {
        "/api/segment", "/api/datasets", "/api/datasets/{name}/images", "/api/datasets/{name}/images/{sample}",
        "/api/datasets/{name}/images/{sample}/mask", "/api/datasets/{name}/images/{sample}/prediction",
    }  # fmt: skip
    for methods in told["paths"].values():
        for route in methods.values():
            for status, answer in route["responses"].items():
                if status != "200":
                    assert answer["content"]["application/json"]["schema"]["$ref"].endswith("/ErrorAnswer"), (
                        status,
                        route,
                    )


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "image/png"),
        ("*/*", "image/png"),
        ("image/*", "image/png"),
        ("application/json", "application/json"),
        ("application/json, image/png", "image/png"),
        ("application/json, image/png;q=0.9", "application/json"),
        ("application/json, */*", "application/json"),
        ("image/png;q=0, */*", "application/json"),
        ("text/html", None),
        ("image/png;q=x", None),
    ],
)
def test_which_kind_is_liked_best(accept: str, kind: str | None) -> None:
    """By weight, then by how exactly it is named, then the usual one."""
    assert preferred(accept, ("image/png", "application/json")) == kind
