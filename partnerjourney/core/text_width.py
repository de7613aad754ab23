"""How wide a text is in Inter, so that pictures drawn on the server can place their labels.

The advances are those of the font files in `static/fonts` (Inter 4.001), in thousandths of an em.
Where a sign has a tabular or a capital-height form, the widest counts; kerning is left out. So a
width is an upper bound: a text that fits here fits on the page and in the PDF.
"""

from __future__ import annotations

import unicodedata

_EXTRA = "−–—…‘’“”•€œŒ™\u2009\u201a\u201e\u2039\u203a"
_SIGNS = (
    "".join(map(chr, range(0x20, 0x7F)))
    + "".join(chr(code) for code in range(0xA0, 0x100) if code != 0xAD)
    + _EXTRA
)
# One number a sign of _SIGNS, per weight.
_ADVANCES = {
    400: """
        282 288 466 634 642 982 645 300 391 391 649 662 289 649 289 361 649 649 649 649 649
        649 649 649 649 649 289 302 662 662 662 512 966 690 655 731 722 602 591 747 744 269
        571 672 566 904 754 765 639 765 644 642 646 745 690 986 683 679 629 391 361 391 472
        457 323 562 613 572 613 584 371 614 592 243 243 549 243 876 591 600 613 613 377 528
        328 592 563 819 546 563 553 427 333 427 662 282 288 572 611 725 550 271 569 591 915
        454 583 662 667 478 456 662 442 446 323 586 603 289 269 305 483 583 803 848 882 512
        690 690 690 690 690 690 994 731 602 602 602 602 269 269 269 269 735 754 765 765 765
        765 765 662 765 745 745 745 745 679 636 617 562 562 562 562 562 562 918 572 584 584
        584 584 243 243 243 243 583 591 600 600 600 600 600 662 600 592 592 592 592 563 613
        563 662 500 1000 865 261 261 242 441 441 421 563 667 1000 1005 611 385 385 182
    """,
    600: """
        269 322 523 644 651 1005 663 326 391 391 665 673 319 647 319 379 660 647 647 647 667
        647 647 647 647 647 319 330 673 673 673 544 1000 728 660 737 723 606 588 750 746 277
        580 704 566 923 760 769 646 773 653 651 661 736 728 1021 720 714 653 391 379 391 482
        470 352 575 625 583 625 592 389 626 613 262 262 570 262 901 612 609 625 625 397 550
        354 613 587 840 569 589 566 455 359 455 673 269 322 583 630 750 564 316 569 612 915
        461 635 673 664 452 459 673 454 464 352 615 601 319 333 324 488 635 832 870 908 544
        728 728 728 728 728 728 1014 737 606 606 606 606 277 277 277 277 752 760 769 769 769
        769 769 673 769 736 736 736 736 714 658 644 575 575 575 575 575 575 913 583 592 592
        592 592 262 262 262 262 594 612 609 609 609 609 609 673 609 613 613 613 613 589 625
        589 673 500 1000 957 294 294 273 507 502 480 504 679 992 1014 631 416 416 166
    """,
    700: """
        269 338 552 649 655 1016 672 339 391 391 674 679 334 647 334 389 675 647 647 647 677
        647 650 647 651 650 334 343 679 679 679 560 1017 747 662 740 723 608 587 751 748 281
        585 720 566 932 763 771 648 777 657 655 668 732 747 1038 739 731 665 391 389 391 487
        477 366 581 631 589 631 596 398 632 623 271 271 581 271 913 623 614 631 631 408 561
        367 623 600 851 581 603 573 469 372 469 679 269 338 589 639 762 571 339 569 623 915
        464 661 679 663 439 460 679 460 472 366 628 599 334 365 334 490 661 846 882 920 560
        747 747 747 747 747 747 1023 740 608 608 608 608 281 281 281 281 760 763 771 771 771
        771 771 679 771 732 732 732 732 731 669 658 581 581 581 581 581 581 911 589 596 596
        596 596 271 271 271 271 600 623 614 614 614 614 614 679 614 623 623 623 623 603 631
        603 679 500 1000 1002 311 311 289 541 532 510 475 685 988 1018 641 432 432 158
    """,
}
_TABLES = {
    weight: dict(zip(_SIGNS, map(int, numbers.split()), strict=True))
    for weight, numbers in _ADVANCES.items()
}
_UNKNOWN = 720
_WIDE = 1300
_ELLIPSIS = "…"
_HAIR = 1e-6
"""What sums of widths may be off by: a text in a room that was measured for it is whole."""


def _advance(sign: str, table: dict[str, int]) -> int:
    """Width in thousandths of an em of a sign outside the table: by its base letter or class."""
    if unicodedata.combining(sign) or unicodedata.category(sign) in {"Cc", "Cf"}:
        return 0
    base = unicodedata.normalize("NFD", sign)[0]
    if base in table:
        return table[base]
    return _WIDE if unicodedata.east_asian_width(sign) in "WF" else _UNKNOWN


def text_width(text: str, size: float = 12, weight: int = 400) -> float:
    """Width of one line of text in px, at most; weight is 400, 600 or 700 (KeyError otherwise)."""
    table = _TABLES[weight]
    try:
        total = sum([table[sign] for sign in text])
    except KeyError:
        total = sum(table[s] if s in table else _advance(s, table) for s in text)
    return total * size / 1000


def fit(text: str, width: float, size: float = 12, weight: int = 400) -> str:
    """The text if it fits in width px, else its longest beginning with an ellipsis, else ''."""
    if text_width(text, size, weight) <= width + _HAIR:
        return text
    table = _TABLES[weight]
    room = width * 1000 / size - table[_ELLIPSIS]
    if room < 0:
        return ""
    end = 0
    for sign in text:
        room -= table[sign] if sign in table else _advance(sign, table)
        if room < 0:
            break
        end += 1
    kept = text[:end].rstrip(" .,;:–-")
    return kept + _ELLIPSIS if kept else ""


def wrap(
    text: str, width: float, size: float = 12, weight: int = 400, *, lines: int = 2
) -> list[str]:
    """The text on at most so many lines of width px, broken at spaces; the last is cut by `fit`."""
    words, current = text.split(), ""
    done: list[str] = []
    while words and len(done) < lines - 1:
        longer = f"{current} {words[0]}".lstrip()
        if not current or text_width(longer, size, weight) <= width:
            current = longer
            words.pop(0)
            continue
        done.append(fit(current, width, size, weight))
        current = ""
    rest = " ".join([current, *words]).strip()
    return [*done, fit(rest, width, size, weight)] if rest else done
