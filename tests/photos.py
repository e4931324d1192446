"""Photos made for judging photos: pages of text as a phone would take them, well and badly."""

import functools
import io
import random
from collections.abc import Iterator

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

PAGE = (1530, 1980)  # letter paper at 180 dots an inch
LETTER = (
    "the plan is to begin with four rounds of treatment over twelve weeks and then to look again before an operation "
    "blood tests come first each time a scan follows after the second round please call the clinic about fever"
)
WORDS = LETTER.split()


@functools.cache
def page(points: float = 11, lines: int = 100, seed: int = 1) -> Image.Image:
    """A letter: so many lines of print, black on white."""
    made = Image.new("L", PAGE, 255)
    draw, said = ImageDraw.Draw(made), random.Random(seed)
    size = points * PAGE[1] / 792
    font, top = ImageFont.load_default(size), 150.0
    for _line in range(lines):
        line = ""
        while draw.textlength(line, font=font) < PAGE[0] - 400:
            line += said.choice(WORDS) + " "
        draw.text((130, top), line, fill=25, font=font)
        top += size * 1.45
        if top > PAGE[1] - 200:
            break
    return made


def taken(sheet: Image.Image, *, fill: float = 0.94, table: int = 95, tilt: float = 1.2) -> Image.Image:
    """The page on a table, a little askew, its paper not quite white."""
    size = (round(PAGE[0] / fill), round(PAGE[1] / fill))
    ground = Image.new("L", size, table)
    grain = Image.effect_noise(size, 10).filter(ImageFilter.GaussianBlur(3))
    ground = ImageChops.add(ground, grain, 1, -128)
    turned = sheet.point(lambda level: level * 225 // 255).rotate(
        tilt, Image.Resampling.BICUBIC, expand=True, fillcolor=0
    )
    mask = Image.new("L", sheet.size, 255).rotate(tilt, Image.Resampling.BICUBIC, expand=True, fillcolor=0)
    ground.paste(turned, ((size[0] - turned.width) // 2, (size[1] - turned.height) // 2), mask)
    return ground


def dimmed(photo: Image.Image, light: float) -> Image.Image:
    return photo.point(lambda level: level * light)


def lit_from_one_side(photo: Image.Image, least: float) -> Image.Image:
    """Full light at one edge, `least` of it at the other."""
    slope = Image.linear_gradient("L").resize(photo.size).point(lambda level: 255 * least + level * (1 - least))
    return ImageChops.multiply(photo, slope)


def shadowed(photo: Image.Image, light: float, share: float = 0.5) -> Image.Image:
    """Somebody's shadow with a soft rim over a share of the photo."""
    shade = Image.new("L", photo.size, 255)
    shade.paste(round(255 * light), (0, 0, round(photo.width * share), photo.height))
    return ImageChops.multiply(photo, shade.filter(ImageFilter.BoxBlur(40)))


def noisy(photo: Image.Image, sigma: float) -> Image.Image:
    return ImageChops.add(photo, Image.effect_noise(photo.size, sigma), 1, -128)


def blurred(photo: Image.Image, points: float) -> Image.Image:
    """Out of focus by so many points of print (1/72 inch of the paper)."""
    return photo.filter(ImageFilter.GaussianBlur(points * PAGE[1] / 792))


def moved(photo: Image.Image, points: float, *, down: bool = False) -> Image.Image:
    """The hand moved while the picture was taken."""
    steps = max(2, round(points * PAGE[1] / 792))
    total = photo.point(lambda level: level, "L")
    for step in range(1, steps):
        shifted = ImageChops.offset(photo, 0 if down else step, step if down else 0)
        total = Image.blend(total, shifted, 1 / (step + 1))
    return total


def resized(photo: Image.Image, longest: int) -> Image.Image:
    return photo.resize(
        (round(photo.width * longest / max(photo.size)), round(photo.height * longest / max(photo.size))),
        Image.Resampling.LANCZOS,
    )


def squeezed(photo: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue())).convert("L")


def screenshot(*, dark: bool = False) -> Image.Image:
    """A phone's screen with a message on it."""
    made = Image.new("L", (1080, 2340), 18 if dark else 250)
    draw, font = ImageDraw.Draw(made), ImageFont.load_default(44)
    for number in range(28):
        draw.text((60, 200 + number * 66), " ".join(WORDS[number : number + 6]), fill=225 if dark else 20, font=font)
    return made


def x_ray(seed: int = 3) -> Image.Image:
    """Soft bright shapes on black, as an X-ray or a slice of a scan."""
    made, where = Image.new("L", (1500, 1800), 6), random.Random(seed)
    draw = ImageDraw.Draw(made)
    draw.ellipse((250, 200, 1250, 1650), fill=70)
    for _bone in range(14):
        x, y = where.randint(350, 1000), where.randint(300, 1450)
        draw.ellipse((x, y, x + where.randint(60, 260), y + where.randint(30, 90)), fill=where.randint(110, 215))
    return noisy(made.filter(ImageFilter.GaussianBlur(14)), 5)


def good() -> Iterator[tuple[str, Image.Image]]:
    """(what it is, the photo): nobody should be asked to take one of these again."""
    for points in (9, 10, 11, 12, 14):
        yield f"print of {points} points", taken(page(points))
    for lines in (1, 3, 8):
        yield f"{lines} lines on a white page", taken(page(11, lines))
    yield "a blank page", noisy(taken(page(11, 0), fill=1), 4)
    for table in (12, 30, 60, 150, 200):
        yield f"a table of level {table}", taken(page(), table=table)
    for fill in (0.5, 0.65, 0.8):
        yield f"a page that fills {fill} of a dark photo", taken(page(), fill=fill, table=25)
    for light in (0.5, 0.6, 0.75):
        yield f"{light} of the light", noisy(dimmed(taken(page()), light), 6)
    for least in (0.4, 0.55, 0.7):
        yield f"lit from one side, {least} at the other", lit_from_one_side(taken(page()), least)
    for light, share in ((0.45, 0.5), (0.6, 0.5), (0.3, 0.2)):
        yield f"a shadow of {light} over {share}", shadowed(taken(page()), light, share)
    for sigma in (6, 12, 20):
        yield f"noise of {sigma} levels", noisy(taken(page()), sigma)
    for points in (0.3, 0.5, 0.8):
        yield f"out of focus by {points} points", blurred(taken(page()), points)
    for points in (1, 1.5):
        yield f"moved by {points} points", moved(taken(page()), points)
    for longest in (1000, 1280, 1600):
        yield f"{longest} pixels", resized(taken(page()), longest)
    for quality in (30, 55):
        yield f"squeezed to quality {quality}", squeezed(taken(page()), quality)
    yield "askew by 7 degrees", taken(page(), tilt=7)
    yield "sideways", taken(page()).transpose(Image.Transpose.ROTATE_90)
    yield "a screenshot", screenshot()
    yield "a dark screenshot", screenshot(dark=True)
    yield "a scan of a page", page()
    for seed in (3, 4, 5):
        yield f"an X-ray, number {seed}", x_ray(seed)
    yield "a faint X-ray", dimmed(x_ray(), 0.5)


def poor() -> Iterator[tuple[str, str, Image.Image]]:
    """(the note it should get, what it is, the photo)."""
    for light in (0.08, 0.15, 0.2, 0.25, 0.3):
        yield "dark", f"{light} of the light", noisy(dimmed(taken(page()), light), 4)
    yield "dark", "a lens that is covered", noisy(dimmed(taken(page()), 0.03), 2)
    for least in (0.02, 0.05):
        yield "dark", f"lit from one side, {least} at the other", dimmed(lit_from_one_side(taken(page()), least), 0.6)
    for light in (0.15, 0.25):
        yield "dark", f"a shadow of {light} over half", shadowed(taken(page()), light)
    for points in (1.5, 1.8, 2.2, 2.6, 3, 4, 6, 9):
        yield "blurred", f"out of focus by {points} points", blurred(taken(page()), points)
    for points in (2.5, 4):
        yield "blurred", f"small print out of focus by {points} points", blurred(taken(page(9)), points)
    for points in (2.6, 4):
        yield "blurred", f"three lines out of focus by {points} points", blurred(taken(page(11, 3)), points)
    for points in (2.6, 4):
        yield "blurred", f"noisy, out of focus by {points} points", noisy(blurred(taken(page()), points), 8)
    for points in (6, 9, 14):
        yield "blurred", f"moved by {points} points", moved(taken(page()), points)
    yield "blurred", "moved down by 7 points", moved(taken(page()), 7, down=True)
    yield "blurred", "400 pixels made large", resized(resized(taken(page()), 400), 1800)
    for longest in (320, 480, 640, 800):
        yield "small", f"{longest} pixels", resized(taken(page()), longest)
    yield "dark", "dim and out of focus by 3 points", blurred(dimmed(taken(page()), 0.25), 3)
