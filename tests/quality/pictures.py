"""`python -m tests.quality.pictures`: the README's picture, out of the screenshots that the tests took."""

from PIL import Image

from tests.databases import ROOT

SCREENS = ROOT / "build" / "screens"
SHOWN = (
    "member-browse-nearby",
    "member-offer-offer",
    "member-booked",
    "member-bookings-mine",
)
SIZE = (360, 740)
GAP, GROUND = 20, "#B8B2A5"


def main() -> None:
    """Side by side on a quiet ground, in few colours, so that it stays small."""
    width = GAP + len(SHOWN) * (SIZE[0] + GAP)
    sheet = Image.new("RGB", (width, SIZE[1] + 2 * GAP), GROUND)
    for place, name in enumerate(SHOWN):
        with Image.open(SCREENS / f"{name}.png") as screen:
            small = screen.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
        sheet.paste(small, (GAP + place * (SIZE[0] + GAP), GAP))
    sheet.quantize(128).save(ROOT / "docs" / "screens.png", optimize=True)


if __name__ == "__main__":
    main()
