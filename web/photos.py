"""Photos of people: uploads are checked, drawn again in our own sizes, and kept as files.

An uploaded file is never kept. It is decoded, turned upright, cut square and encoded again, so that
nothing else in it survives: no place, no comment, no second format.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from threading import Lock
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadhandler import FileUploadHandler
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

SIDES = (96, 192, 384)
"""Pixels. A page draws a photo 32 to 112 pixels wide; a screen has up to three for each."""
LARGEST = SIDES[-1]
CONTENT_TYPE = "image/webp"
FOLDER = "photos"
"""The folder of photos that everyone sees; others have a folder of their own."""

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_MEGABYTES = 10
MAX_BYTES = MAX_MEGABYTES * 1024 * 1024
MAX_MEGAPIXELS = 25
MIN_SIDE = 200

Sizes = Mapping[int, bytes]
"""{side in pixels: a square picture}; empty to remove a photo."""

# Reading a picture of 25 million pixels takes 100 MB, and a worker has several threads.
_one_at_a_time = Lock()


# -- uploads --------------------------------------------------------------------------------


class UploadLimit(FileUploadHandler):
    """Keeps only so much of a file that its size can be refused.

    Django limits the data in memory, but not the data that it writes to disk before the view runs.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start <= MAX_BYTES + self.chunk_size else None

    def file_complete(self, file_size: int) -> None:
        return None


def squares(file: Any) -> Sizes:
    """Return the uploaded `file` in our sizes. Raises ValidationError with the reason."""
    if file.size > MAX_BYTES:
        text = _("This file is larger than %(limit)s MB. Choose a smaller one.")
        raise ValidationError(text % {"limit": MAX_MEGABYTES}, code="too_large")
    with _one_at_a_time:
        largest = _square(file)
        return {side: _encoded(largest, side) for side in SIDES}


def _square(file: IO[bytes]) -> Image.Image:
    """Return an upright picture in our largest size, without the original's metadata."""
    try:
        with Image.open(file, formats=FORMATS) as image:
            _check_header(image)
            # A JPEG decoder can read at half, a quarter or an eighth of the size.
            image.draft("RGB", (2 * LARGEST, 2 * LARGEST))
            ImageOps.exif_transpose(image, in_place=True)
            square = ImageOps.fit(_without_palette(image), (LARGEST, LARGEST))
            return _on_white(_in_srgb(square))
    except ValidationError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except UnidentifiedImageError as error:
        text = _("This is no JPEG, PNG or WebP picture. Choose another file.")
        raise ValidationError(text, code="no_picture") from error
    except Exception as error:  # Decoders raise many kinds of errors; Django catches all too.
        text = _("This picture cannot be read: the file is damaged. Choose another one.")
        raise ValidationError(text, code="damaged") from error


def _check_header(image: Image.Image) -> None:
    """Refuse a picture that is too large before anything is decoded."""
    width, height = image.size
    if width * height > MAX_MEGAPIXELS * 1_000_000:
        raise _too_many_pixels()
    if min(width, height) < MIN_SIDE:
        text = _("This picture is too small: it needs at least %(side)s × %(side)s pixels.")
        raise ValidationError(text % {"side": MIN_SIDE}, code="too_small")
    # A JPEG with several frames comes from a phone, with a preview or a depth map.
    if image.format in ("PNG", "WEBP") and getattr(image, "is_animated", False):
        raise ValidationError(_("This picture moves. Choose a still one."), code="animated")


def _too_many_pixels() -> ValidationError:
    text = _("This picture has more than %(limit)s million pixels. Choose a smaller one.")
    return ValidationError(text % {"limit": MAX_MEGAPIXELS}, code="too_many_pixels")


def _without_palette(image: Image.Image) -> Image.Image:
    """Return the picture in a mode that can be resized, with eight bits a channel."""
    if image.mode.startswith("I;16"):
        # Pillow would cut off every value above 255 of 65535.
        return image.convert("I").point(lambda value: value / 256).convert("L")
    mode = image.mode if image.mode in ("RGB", "L", "CMYK") else "RGB"
    if image.has_transparency_data:
        mode = "RGBA"
    return image if image.mode == mode else image.convert(mode)


def _in_srgb(image: Image.Image) -> Image.Image:
    """Return the colours that the picture's own profile means; unchanged without a good one."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "CMYK", "L"):
        try:
            own, srgb = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, own, srgb, outputMode="RGB")
            return converted or image
        except (ImageCms.PyCMSError, OSError):
            return image
    return image


def _on_white(image: Image.Image) -> Image.Image:
    """Return a new picture, so that only pixels are copied."""
    canvas = Image.new("RGB", image.size, "white")
    mask = image.getchannel("A") if "A" in image.getbands() else None
    canvas.paste(image.convert("RGB"), mask=mask)
    return canvas


def _encoded(picture: Image.Image, side: int) -> bytes:
    output = BytesIO()
    resized = picture.resize((side, side), Image.Resampling.LANCZOS)
    resized.save(output, "WEBP", quality=82, method=6)
    return output.getvalue()


# -- files ----------------------------------------------------------------------------------


def store(sizes: Sizes, folder: str = FOLDER) -> str:
    """Write all files of a photo, or none; return its name, which is that of the largest file."""
    token = secrets.token_hex(16)
    name = file_name(token, LARGEST, folder)
    try:
        for side, content in sizes.items():
            default_storage.save(file_name(token, side, folder), ContentFile(content))
    except BaseException:
        remove(name)
        raise
    return name


@contextmanager
def stored(sizes: Sizes | None, folder: str = FOLDER) -> Iterator[str]:
    """Yield the name of the written photo, "" for none; delete its files if the block fails."""
    name = store(sizes, folder) if sizes else ""
    try:
        yield name
    except BaseException:
        remove(name)
        raise


def remove(name: str | None) -> None:
    """Delete the files of the photo of this name, if they exist; "" is no photo."""
    if name:
        folder, token = _parts(name)
        for side in SIDES:
            default_storage.delete(file_name(token, side, folder))


def forget(name: str | None) -> None:
    """Delete the photo's files after the transaction.

    An error there is only logged: pages do not show these files any more.
    """
    # Not a functools.partial: Django logs the function's name when it fails.
    transaction.on_commit(lambda: remove(name), robust=True)


def file_name(token: str, side: int, folder: str = FOLDER) -> str:
    return f"{folder}/{token}-{side}.webp"


def addresses(name: str | None, route: str = "photo") -> list[tuple[str, int]]:
    """Return [(address, pixels), …] of a photo, smallest first; empty without a photo."""
    if not name:
        return []
    _folder, token = _parts(name)
    return [(reverse(route, args=[token, side]), side) for side in SIDES]


def answer(
    request: HttpRequest, token: str, side: int, *, folder: str = FOLDER, cache: str
) -> HttpResponse:
    """Return one file of a photo that the reader may see; Http404 for none of our sizes."""
    if side not in SIDES:
        raise Http404
    try:
        with default_storage.open(file_name(token, side, folder)) as file:
            response = HttpResponse(file.read(), content_type=CONTENT_TYPE)
    except FileNotFoundError as error:  # replaced in the meantime
        raise Http404 from error
    response["Cache-Control"] = cache
    response["ETag"] = f'"{token}-{side}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def _parts(name: str) -> tuple[str, str]:
    """Return folder and token of a name: "photos/0f3a-384.webp" -> ("photos", "0f3a")."""
    folder, _slash, file = name.rpartition("/")
    return folder, file.partition("-")[0]
