"""TIFFs of more bands than a picture has colours, as satellites and laboratories make them."""

from __future__ import annotations

from PIL import TiffImagePlugin as Tiff

GREY = (0, 1)  # white is zero, black is zero
RGB = 2


class UnreadBands(Exception):
    """Pillow has no way to read so many bands, or ones of so many bits."""

    def __init__(self, bands: int, bits: int):
        super().__init__(bands, bits)
        self.bands, self.bits = bands, bits


class TiffPicture(Tiff.TiffImageFile):
    """Pillow's TIFF, but of several bands without a meaning the first three are red, green and blue.

    Pillow itself reads such a file only where it calls them so. What is left out, `StoredAs` tells.
    """

    bands = 1

    def _setup(self) -> None:
        tags = self.tag_v2
        self.bands = bands = int(tags.get(Tiff.SAMPLESPERPIXEL, 1))
        if bands > 2 and tags.get(Tiff.PHOTOMETRIC_INTERPRETATION, 0) in GREY:
            tags[Tiff.PHOTOMETRIC_INTERPRETATION] = RGB
            tags[Tiff.EXTRASAMPLES] = (0,) * (bands - 3)
        bits = max(tags.get(Tiff.BITSPERSAMPLE, (1,)))
        unread = UnreadBands(bands, bits)
        one_by_one = tags.get(Tiff.PLANAR_CONFIGURATION, 1) == 2
        # Of bands that lie one after the other Pillow takes the bytes of 16 bits for those of 8.
        if bands > 1 and (bits > 8 if one_by_one else bands > Tiff.MAX_SAMPLESPERPIXEL):
            raise unread
        if one_by_one and not any(extra := tags.get(Tiff.EXTRASAMPLES, ())):
            for tag in (Tiff.STRIPOFFSETS, Tiff.TILEOFFSETS):  # Pillow trips over those of the extra bands
                if tag in tags:
                    tags[tag] = tags[tag][: len(tags[tag]) * (bands - len(extra)) // bands]
        try:
            super()._setup()  # type: ignore[no-untyped-call,unused-ignore]
        except SyntaxError as error:
            if bands > 1:
                raise unread from error
            raise
