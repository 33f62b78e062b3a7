import re
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadhandler import MemoryFileUploadHandler
from PIL import Image, ImageCms

from doctors.tests.pictures import (
    BLUE,
    GREEN,
    RED,
    WHITE,
    encoded,
    file,
    files_kept,
    looks_like,
    opened,
    picture,
)
from web import photos


def refusal(upload) -> str:
    with pytest.raises(ValidationError) as caught:
        photos.squares(upload)
    return caught.value.code


def drawn(image, format="PNG", **options) -> Image.Image:
    """Return the photo made from `image`, in the largest size."""
    sizes = photos.squares(file(encoded(image, format, **options)))
    return opened(sizes[photos.LARGEST])


def png_chunk(kind: bytes, data: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum


def png_header(width, height) -> bytes:
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header


class TestSquares:
    @pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
    def test_a_picture_becomes_three_squares(self, format):
        sizes = photos.squares(picture(GREEN, (640, 480), format=format))
        pictures = {side: opened(content) for side, content in sizes.items()}
        assert {side: each.size for side, each in pictures.items()} == {
            96: (96, 96),
            192: (192, 192),
            384: (384, 384),
        }
        assert {each.format for each in pictures.values()} == {"WEBP"}
        assert all(looks_like(GREEN, each.getpixel((48, 48))) for each in pictures.values())

    def test_the_square_is_cut_around_the_middle(self):
        image = Image.new("RGB", (900, 300), RED)
        image.paste(BLUE, (300, 0, 600, 300))
        result = drawn(image)
        corners = [result.getpixel((x, y)) for x in (2, 381) for y in (2, 381)]
        assert all(looks_like(BLUE, corner) for corner in corners)

    def test_what_a_telephone_holds_sideways_stands_upright(self):
        image = Image.new("RGB", (400, 300), RED)
        image.paste(BLUE, (0, 0, 400, 150))
        exif = Image.Exif()
        exif[0x0112] = 6  # a quarter clockwise: the top goes to the right
        result = drawn(image, "JPEG", exif=exif, quality=95)
        assert looks_like(RED, result.getpixel((20, 192)))
        assert looks_like(BLUE, result.getpixel((360, 192)))

    def test_nothing_but_pixels_survives(self):
        exif = Image.Exif()
        exif[0x010E] = "CANARY"
        exif.get_ifd(0x8825)[1] = "N"
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        image = Image.new("RGB", (300, 300), RED)
        options = {"exif": exif, "icc_profile": profile, "comment": b"CANARY", "xmp": b"CANARY"}
        sent = encoded(image, "JPEG", **options) + b"CANARY<script>"
        assert sent.count(b"CANARY") == 4
        for content in photos.squares(file(sent)).values():
            result = opened(content)
            assert b"CANARY" not in content
            assert dict(result.getexif()) == {}
            assert {"exif", "icc_profile", "xmp"}.isdisjoint(result.info)

    def test_transparent_parts_become_white(self):
        image = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
        image.paste((*RED, 255), (0, 0, 150, 300))
        result = drawn(image)
        assert looks_like(RED, result.getpixel((60, 192)))
        assert looks_like(WHITE, result.getpixel((320, 192)))

    @pytest.mark.parametrize(
        ("mode", "color", "expected"),
        [
            ("L", 128, (128, 128, 128)),
            ("1", 1, WHITE),
            ("LA", (128, 0), WHITE),
            ("I;16", 128 * 256, (128, 128, 128)),
        ],
    )
    def test_black_and_white_pictures_are_taken_too(self, mode, color, expected):
        result = drawn(Image.new(mode, (300, 300), color))
        assert looks_like(expected, result.getpixel((192, 192)))

    def test_a_palette_with_a_transparent_colour_is_taken_too(self):
        image = Image.new("P", (300, 300), 1)
        image.putpalette([*RED, *GREEN])
        assert looks_like(GREEN, drawn(image).getpixel((192, 192)))
        assert looks_like(WHITE, drawn(image, transparency=1).getpixel((192, 192)))

    def test_a_picture_in_printers_colours_is_taken_too(self):
        result = drawn(Image.new("CMYK", (300, 300), (0, 255, 255, 0)), "JPEG")
        assert (result.mode, looks_like(RED, result.getpixel((192, 192)))) == ("RGB", True)

    def test_colours_are_those_that_the_pictures_own_profile_means(self):
        lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
        srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
        grey = Image.new("RGB", (300, 300), (128, 128, 128))
        assert looks_like((128,) * 3, drawn(grey, icc_profile=srgb.tobytes()).getpixel((9, 9)))
        # A profile that does not fit, or is not a profile, changes nothing.
        assert looks_like((128,) * 3, drawn(grey, icc_profile=lab.tobytes()).getpixel((9, 9)))
        assert looks_like((128,) * 3, drawn(grey, icc_profile=b"none").getpixel((9, 9)))

    def test_a_file_that_was_read_before_is_read_from_its_beginning(self):
        upload = picture()
        upload.read()
        assert opened(photos.squares(upload)[96]).size == (96, 96)

    def test_the_first_picture_of_a_telephones_several_is_taken(self):
        first, second = (Image.new("RGB", (300, 300), color) for color in (RED, BLUE))
        sent = encoded(first, "MPO", save_all=True, append_images=[second])
        result = opened(photos.squares(file(sent))[photos.LARGEST])
        assert looks_like(RED, result.getpixel((192, 192)))


class TestRefusals:
    @pytest.mark.parametrize(
        "content",
        [
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            b"%PDF-1.7",
            b"<!doctype html><script>alert(1)</script>",
            b"\x00",
            encoded(Image.new("RGB", (300, 300)), "GIF"),
            encoded(Image.new("RGB", (300, 300)), "BMP"),
            encoded(Image.new("RGB", (300, 300)), "TIFF"),
        ],
        ids=["svg", "pdf", "html", "zero", "gif", "bmp", "tiff"],
    )
    def test_what_is_no_picture_of_ours_whatever_its_name_says(self, content):
        assert refusal(file(content, "me.jpg")) == "no_picture"

    @pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
    def test_a_file_that_was_cut_off(self, format):
        noise = Image.effect_noise((300, 300), 80)
        whole = encoded(noise.convert("RGB"), format)
        assert refusal(file(whole[: len(whole) * 2 // 3])) in ("damaged", "no_picture")

    @pytest.mark.parametrize(
        "content",
        [
            b"\xff\xd8\xff\xe0nothing more",
            png_header(300, 300) + png_chunk(b"IDAT", b"rubbish") + png_chunk(b"IEND", b""),
        ],
        ids=["only_the_signature", "rubbish_for_pixels"],
    )
    def test_a_file_that_only_begins_like_a_picture(self, content):
        assert refusal(file(content)) == "damaged"

    @pytest.mark.parametrize("format", ["PNG", "WEBP"])
    def test_a_picture_that_moves(self, format):
        frames = [Image.new("RGB", (300, 300), color) for color in (RED, BLUE)]
        moving = encoded(frames[0], format, save_all=True, append_images=frames[1:])
        assert refusal(file(moving)) == "animated"

    @pytest.mark.parametrize("size", [(1, 1), (199, 2000), (2000, 199)])
    def test_a_picture_that_is_too_small(self, size):
        assert refusal(picture(size=size)) == "too_small"

    @pytest.mark.parametrize("size", [(5001, 5000), (60_000, 60_000), (2**31 - 1, 200)])
    def test_too_many_pixels_are_refused_by_the_header(self, size):
        """The file has no pixels to decode."""
        assert refusal(file(png_header(*size) + png_chunk(b"IDAT", b""))) == "too_many_pixels"

    def test_a_file_that_is_too_large_is_not_even_opened(self):
        assert refusal(file(bytes(photos.MAX_BYTES + 1))) == "too_large"

    def test_the_refusal_says_what_to_do(self):
        with pytest.raises(ValidationError) as caught:
            photos.squares(picture(size=(10, 10)))
        assert caught.value.messages == [
            "Cette image est trop petite\xa0: il faut au moins 200\xa0×\xa0200\xa0pixels."
        ]


class TestUploadLimit:
    def sent(self, size):
        """Return how many bytes of an upload of `size` bytes are passed on."""
        handler, chunk = photos.UploadLimit(), bytes(MemoryFileUploadHandler.chunk_size)
        starts = range(0, size, len(chunk))
        return sum(len(handler.receive_data_chunk(chunk, start) or b"") for start in starts)

    def test_a_file_within_the_limit_is_kept_whole(self):
        assert self.sent(photos.MAX_BYTES) == photos.MAX_BYTES

    def test_of_a_larger_one_just_enough_is_kept_to_tell(self):
        kept = self.sent(20 * photos.MAX_BYTES)
        assert photos.MAX_BYTES < kept <= photos.MAX_BYTES + 2 * MemoryFileUploadHandler.chunk_size


@pytest.mark.usefixtures("media")
class TestFiles:
    def test_a_photo_has_a_name_that_nobody_guesses(self):
        first, second = (photos.store(photos.squares(picture())) for _ in range(2))
        assert first != second
        assert len(files_kept()) == 6
        assert re.fullmatch(r"photos/[0-9a-f]{32}-384\.webp", first)

    def test_remove_takes_every_size_and_nothing_else(self):
        first, second = (photos.store(photos.squares(picture())) for _ in range(2))
        photos.remove(first)
        assert [f"photos/{name}" for name in files_kept()][1] == second
        photos.remove(first)
        photos.remove("")
        assert len(files_kept()) == 3

    def test_store_leaves_nothing_when_a_file_cannot_be_written(self, monkeypatch):
        save, written = photos.default_storage.save, []

        def disk_full(name, content):
            if written:
                raise OSError("No space left on device")
            written.append(save(name, content))

        monkeypatch.setattr(photos.default_storage, "save", disk_full)
        with pytest.raises(OSError, match="No space"):
            photos.store(photos.squares(picture()))
        assert (len(written), files_kept()) == (1, [])
