"""Colours of the pictures: words have a contrast of 4.5 and signs of 3 against the card (WCAG 2.2, 1.4.3 and 1.4.11).

The card is nearly white and always there: a mail's page may be dark. Blue and orange are told apart by all eyes.
"""

CARD = "#fbfcfd"
INK = "#14202b"
SOFT = "#4a5764"
AXIS = "#7b8794"
GRID = "#dde3e9"
NORMAL = "#cfe0f2"
NORMAL_EDGE = "#5f83ab"
LINE = "#1d4f91"
HOT = "#c4320a"
LIMIT = "#a32a09"
INCIDENT = "#fdebd0"
INCIDENT_EDGE = "#b45f06"
