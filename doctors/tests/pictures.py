"""Pictures for tests: real ones, made with Pillow."""

from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from doctors.models import Doctor
from web import photos

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255)


def encoded(image: Image.Image, format: str = "JPEG", **options) -> bytes:
    output = BytesIO()
    image.save(output, format, **options)
    return output.getvalue()


def file(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    """Return an upload as a browser sends it; its name and type are the sender's claim."""
    return SimpleUploadedFile(name, content, "image/jpeg")


def picture(color=RED, size=(300, 300), **options) -> SimpleUploadedFile:
    """Return an upload of one colour."""
    return file(encoded(Image.new("RGB", size, color), **options))


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def looks_like(color, pixel) -> bool:
    """Whether the colours are almost the same: a lossy format changes them a little."""
    return all(abs(a - b) <= 12 for a, b in zip(color, pixel, strict=True))


def give_photo(doctor: Doctor, color=RED) -> Doctor:
    doctor.photo = photos.store(photos.squares(picture(color)))
    doctor.save(update_fields=["photo"])
    return doctor


def files_kept() -> list[str]:
    folder = Path(settings.MEDIA_ROOT) / photos.FOLDER
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []
