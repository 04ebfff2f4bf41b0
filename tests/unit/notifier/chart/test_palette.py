import pytest

from satark.notifier.chart import palette


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


class TestContrast:
    @pytest.mark.parametrize("ink", ["INK", "SOFT", "LIMIT"])
    @pytest.mark.parametrize("ground", ["CARD", "INCIDENT", "NORMAL"])
    def test_words_can_be_read(self, ink: str, ground: str) -> None:
        """All words stand out against all grounds (WCAG 2.2, 1.4.3)."""
        assert contrast(getattr(palette, ink), getattr(palette, ground)) >= 4.5

    @pytest.mark.parametrize("sign", ["LINE", "HOT", "LIMIT", "INCIDENT_EDGE", "NORMAL_EDGE", "AXIS"])
    @pytest.mark.parametrize("ground", ["CARD", "INCIDENT"])
    def test_signs_can_be_seen(self, sign: str, ground: str) -> None:
        """All signs stand out against the grounds that they are drawn on (WCAG 2.2, 1.4.11)."""
        assert contrast(getattr(palette, sign), getattr(palette, ground)) >= 3
