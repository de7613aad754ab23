"""Maps: all of a journey on one page, as one party sees it. Read rules/ first."""
