"""Draw the pictures for phones and link previews: `make icons`.

A headless Chromium draws them from static/favicon.svg and the colours of
frontend/css/tokens.css. The results are committed in static/.
"""

from __future__ import annotations

import base64
import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from chromium import launch_options

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
FONT = STATIC / "build/fonts/readex-pro-latin-wght-normal.woff2"

# Phones cut a circle or a rounded square out of an icon, so the cross stays in the middle.
ICON = """<style>
body {{ margin: 0; height: 100vh; display: grid; place-items: center; background: #fff }}
div {{ width: 58%; display: grid }} svg {{ overflow: visible }}</style>
<div>{cross}</div>"""

CARD = """<style>
@font-face {{ font-family: R; font-weight: 160 700; src: url(data:font/woff2;base64,{font}) }}
body {{ margin: 0; width: 1200px; height: 630px; display: grid; align-items: center;
  grid-template-columns: 640px 1fr; gap: 56px; padding: 0 80px; box-sizing: border-box;
  background: #f5f9f7; color: #092f27; font-family: R }}
header {{ display: flex; align-items: center; gap: 24px; font-size: 64px; font-weight: 590 }}
header svg {{ width: 88px }}
h1 {{ margin: 48px 0 0; font-size: 56px; line-height: 1.2; font-weight: 590;
  letter-spacing: -.02em }}
main {{ display: grid; grid-template-columns: repeat(3, 1fr); gap: 18px 16px; padding: 36px 28px;
  border: 2px solid #dbe4e0; border-radius: 36px; background: #fff;
  box-shadow: 0 24px 56px rgb(9 47 39 / .12) }}
b {{ height: 12px; margin: 0 20% 6px; border-radius: 6px; background: #dbe4e0 }}
i {{ height: 48px; border-radius: 99px; background: #f3f7f5 }}
span {{ height: 45px; border: 2px solid #129d82; border-radius: 99px; color: #0d715d;
  font: 540 20px/45px R; text-align: center }}
span.mine {{ background: #0d715d; border-color: #0d715d; color: #fff;
  box-shadow: 0 0 0 6px #cef1e6 }}
</style>
<div><header>{cross}Tbib</header><h1>Prenez rendez-vous<br>chez le médecin,<br>de
jour comme de nuit</h1></div>
<main><b></b><b></b><b></b>
<i></i><span>09:00</span><i></i>
<span>09:45</span><i></i><span>09:45</span>
<i></i><span class=mine>10:30</span><span>10:30</span>
<span>14:00</span><i></i><i></i></main>"""


def main() -> None:
    cross = (STATIC / "favicon.svg").read_text(encoding="utf-8")
    font = base64.b64encode(FONT.read_bytes()).decode()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        page = browser.new_page()
        for size, name in ((180, "apple-touch-icon"), (192, "icon-192"), (512, "icon-512")):
            draw(page, ICON.format(cross=cross), (size, size), name)
        draw(page, CARD.format(cross=cross, font=font), (1200, 630), "share")
        browser.close()


def draw(page: Page, html: str, size: tuple[int, int], name: str) -> None:
    """Write the picture of `html` to static/<name>.png, with as few colours as possible."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.set_content(html)
    page.evaluate("document.fonts.ready")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(64).save(STATIC / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
