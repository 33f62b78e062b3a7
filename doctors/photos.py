"""Photos of doctors: read with distrust, drawn anew in our own sizes, kept as files.

A file that somebody sends is never kept. It is decoded, turned upright, cut square and encoded
anew, so that nothing else that was in it survives: no place, no comment, no second format.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from io import BytesIO
from threading import Lock
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadhandler import FileUploadHandler
from django.urls import reverse
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

SIDES = (96, 192, 384)
"""Pixels. A page draws 32 to 112 of them, on screens that have up to three for each."""
LARGEST = SIDES[-1]
CONTENT_TYPE = "image/webp"
FOLDER = "photos"

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_MEGABYTES = 10
MAX_BYTES = MAX_MEGABYTES * 1024 * 1024
MAX_MEGAPIXELS = 25
MIN_SIDE = 200

Sizes = Mapping[int, bytes]
"""{side in pixels: a square picture}; empty where a photo is to go."""

# A picture of 25 million pixels takes 100 MB while it is read, and a worker has several threads.
_one_at_a_time = Lock()


# -- what is sent to us ---------------------------------------------------------------------


class UploadLimit(FileUploadHandler):
    """Keeps no more of a file than it takes to see that it is too large.

    Django limits what is in memory, not what it writes to the disk before any view is asked.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start <= MAX_BYTES + self.chunk_size else None

    def file_complete(self, file_size: int) -> None:
        return None


def squares(file: Any) -> Sizes:
    """`file` (uploaded) in our sizes. Raises ValidationError that says what is wrong with it."""
    if file.size > MAX_BYTES:
        text = _("This file is larger than %(limit)s MB. Choose a smaller one.")
        raise ValidationError(text % {"limit": MAX_MEGABYTES}, code="too_large")
    with _one_at_a_time:
        largest = _square(file)
        return {side: _encoded(largest, side) for side in SIDES}


def _square(file: IO[bytes]) -> Image.Image:
    """Upright, as large as our largest size, without any of the original's metadata."""
    try:
        with Image.open(file, formats=FORMATS) as image:
            _check_header(image)
            # A JPEG can be decoded at half, a quarter, an eighth of its size.
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
    except Exception as error:  # Decoders raise whatever they stumble over, as Django knows too.
        text = _("This picture cannot be read: the file is damaged. Choose another one.")
        raise ValidationError(text, code="damaged") from error


def _check_header(image: Image.Image) -> None:
    """Nothing is decoded so far: what would be too much is refused before."""
    width, height = image.size
    if width * height > MAX_MEGAPIXELS * 1_000_000:
        raise _too_many_pixels()
    if min(width, height) < MIN_SIDE:
        text = _("This picture is too small: it needs at least %(side)s × %(side)s pixels.")
        raise ValidationError(text % {"side": MIN_SIDE}, code="too_small")
    # A JPEG of several frames comes from a telephone, with a preview or the depth behind it.
    if image.format in ("PNG", "WEBP") and getattr(image, "is_animated", False):
        raise ValidationError(_("This picture moves. Choose a still one."), code="animated")


def _too_many_pixels() -> ValidationError:
    text = _("This picture has more than %(limit)s million pixels. Choose a smaller one.")
    return ValidationError(text % {"limit": MAX_MEGAPIXELS}, code="too_many_pixels")


def _without_palette(image: Image.Image) -> Image.Image:
    """In a mode that can be resized: eight bits a channel, colours as they are."""
    if image.mode.startswith("I;16"):
        # Pillow would cut off everything brighter than 255 of 65535.
        return image.convert("I").point(lambda value: value / 256).convert("L")
    mode = image.mode if image.mode in ("RGB", "L", "CMYK") else "RGB"
    if image.has_transparency_data:
        mode = "RGBA"
    return image if image.mode == mode else image.convert(mode)


def _in_srgb(image: Image.Image) -> Image.Image:
    """The colours meant by the picture's own profile; without a good one, as they are."""
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
    """A new picture, so that only pixels are copied."""
    canvas = Image.new("RGB", image.size, "white")
    mask = image.getchannel("A") if "A" in image.getbands() else None
    canvas.paste(image.convert("RGB"), mask=mask)
    return canvas


def _encoded(picture: Image.Image, side: int) -> bytes:
    output = BytesIO()
    resized = picture.resize((side, side), Image.Resampling.LANCZOS)
    resized.save(output, "WEBP", quality=82, method=6)
    return output.getvalue()


# -- what we keep ---------------------------------------------------------------------------


def store(sizes: Sizes) -> str:
    """Write a photo's files; its name, which is that of the largest. All are written or none."""
    token = secrets.token_hex(16)
    name = file_name(token, LARGEST)
    try:
        for side, content in sizes.items():
            default_storage.save(file_name(token, side), ContentFile(content))
    except BaseException:
        remove(name)
        raise
    return name


def remove(name: str | None) -> None:
    """Delete the files of the photo of that name, those that are there; "" is no photo."""
    if name:
        for side in SIDES:
            default_storage.delete(file_name(_token(name), side))


def file_name(token: str, side: int) -> str:
    return f"{FOLDER}/{token}-{side}.webp"


def addresses(name: str | None) -> list[tuple[str, int]]:
    """[(address, pixels), …] of a photo, smallest first; none for no photo."""
    if not name:
        return []
    token = _token(name)
    return [(reverse("photo", args=[token, side]), side) for side in SIDES]


def _token(name: str) -> str:
    """ "photos/0f3a-384.webp" -> "0f3a"."""
    return name.removeprefix(f"{FOLDER}/").partition("-")[0]
