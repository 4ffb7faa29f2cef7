"""The JSON that programs get, as types: checked on the way out, and told at /api/openapi.json."""

from __future__ import annotations

from pydantic import BaseModel, Field


class ErrorTold(BaseModel):
    """What went wrong."""

    code: str = Field(description="stable, for programs", examples=["not_a_picture"])
    message: str = Field(description="for people, in the language of Accept-Language (en, fr)")
    what_to_do: str
    where: str = Field(description="the part of the request that is meant", examples=["field picture"])


class ErrorAnswer(BaseModel):
    """The one shape of every error."""

    error: ErrorTold


class ClassRow(BaseModel):
    """One class."""

    index: int = Field(description="its value in label maps")
    name: str
    colour: str = Field(description="its colour in label maps", examples=["#0b2af0"])


class ClassArea(ClassRow):
    """One class and how much of the picture it covers."""

    percent: float = Field(ge=0, le=100)


class FileInside(BaseModel):
    """A file inside the JSON."""

    type: str = Field(examples=["image/png"])
    base64: str


class NetworkTold(BaseModel):
    """Who found it."""

    name: str
    sha256: str = Field(description="of its weights")


class Segmented(BaseModel):
    """A picture, segmented."""

    width: int
    height: int
    classes: list[ClassArea]
    network: NetworkTold
    seconds: float = Field(description="what the work took, without upload and waiting")
    labels: FileInside | None = Field(
        None, description="label map: PNG with a palette, a value a class, as large as the picture"
    )
    overlay: FileInside | None = Field(None, description="JPEG, at most 1,600 pixels")
    preview: FileInside | None = Field(None, description="the picture itself, upright, as JPEG of at most 1,600 pixels")


class ClassAgreement(BaseModel):
    """How well one class was found."""

    index: int
    name: str
    iou: float = Field(ge=0, le=1, description="area of agreement divided by the area of either")
    truth: float = Field(description="percent of the labelled pixels")
    found: float = Field(description="percent of the labelled pixels")


class Compared(BaseModel):
    """Prediction against truth: only labelled pixels count, only classes that the data knows are judged."""

    classes: list[ClassAgreement]
    miou: float | None = Field(description="mean IoU of the classes present")
    accuracy: float | None = Field(description="part of the pixels of judged classes that is right")
    labelled: float = Field(description="percent of the picture that is labelled")


class Mask(BaseModel):
    """A true mask."""

    width: int
    height: int
    classes: list[ClassArea]
    labels: FileInside


class Prediction(Mask):
    """A predicted mask and how well it fits."""

    network: NetworkTold
    compared: Compared
    seconds: float


class DatasetRow(BaseModel):
    """A dataset the desk was started with."""

    name: str
    format: str
    images: str = Field(description="address of its list")


class Datasets(BaseModel):
    """All of them."""

    datasets: list[DatasetRow]


class ImageRow(BaseModel):
    """One picture and its addresses."""

    id: str
    image: str
    mask: str
    prediction: str


class Images(BaseModel):
    """One page of a dataset's pictures."""

    dataset: str
    title: str
    split: str
    splits: list[str]
    classes: list[ClassRow]
    comparable: bool = Field(description="every class belongs to one of the eight categories")
    total: int
    offset: int
    limit: int
    next: str | None = Field(description="address of the next page")
    images: list[ImageRow]
