"""Arrived is one lime everywhere (docs/contracts.md, C5 and C9)."""

import colorsys
import re

import pytest
from django.conf import settings

from dashboard.agenda.feed import ARRIVED_COLOR

TOKENS = (settings.BASE_DIR / "frontend/css/tokens.css").read_text()


def tokens(name):
    """The token's colour in the light theme and in the dark one."""
    return re.findall(rf"--color-{name}: (#[0-9a-f]{{6}});", TOKENS)


def channels(color):
    return [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def luminance(color):
    light = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels(color)]
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ["arrived", "arrived-soft", "arrived-line"])
def test_arrived_is_yellow_green_in_both_themes(name):
    hues = [colorsys.rgb_to_hls(*channels(color))[0] * 360 for color in tokens(name)]
    assert [65 <= hue <= 80 for hue in hues] == [True, True]


def test_the_feed_has_the_color_of_the_token():
    assert tokens("arrived-line")[0] == ARRIVED_COLOR


def test_its_text_is_readable_in_both_themes():
    for ground in ("arrived-soft", "surface"):
        pairs = zip(tokens("arrived"), tokens(ground), strict=True)
        assert [contrast(*pair) >= 4.5 for pair in pairs] == [True, True]


def test_its_line_stands_out_in_both_themes():
    pairs = zip(tokens("arrived-line"), tokens("surface"), strict=True)
    assert [contrast(*pair) >= 3 for pair in pairs] == [True, True]
