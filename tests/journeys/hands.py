"""How a person goes through pages: with a mouse or a finger, or with the keyboard alone."""

import re

from playwright.sync_api import Page, expect

MOST_TABS = 200
ARROWS = 12
RING = """element => [element, element.closest("label") || element].map(getComputedStyle)
    .map(style => style.outlineStyle + style.boxShadow).join(" ")"""


class Mouse:
    """Points and types."""

    def __init__(self, page: Page):
        self.page = page

    def press(self, role: str, name: str) -> None:
        self.page.get_by_role(role, name=name, exact=True).first.click()

    def press_first(self, css: str) -> None:
        self.page.locator(css).first.click()

    def choose(self, label: str) -> None:
        self.page.get_by_label(label, exact=True).first.check()

    def press_space(self, css: str) -> None:
        """Tick one box."""
        self.page.locator(css).check()

    def type(self, css: str, words: str) -> None:
        self.page.locator(css).fill(words)

    def sees(self, words: str) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible()


class Keyboard(Mouse):
    """Whoever has no mouse comes to each control with Tab, and sees where they are."""

    def press(self, role: str, name: str) -> None:
        self._tab_to(self.page.get_by_role(role, name=name, exact=True).first)
        self.page.keyboard.press("Enter")

    def press_first(self, css: str) -> None:
        self._tab_to(self.page.locator(css).first)
        self.page.keyboard.press("Enter")

    def choose(self, label: str) -> None:
        field = self.page.get_by_label(label, exact=True).first
        if field.get_attribute("type") == "radio":
            self._choose_radio(field)
        else:
            self._tab_to(field)
            self.page.keyboard.press("Space")
        expect(field).to_be_checked()

    def press_space(self, css: str) -> None:
        self._tab_to(self.page.locator(css))
        self.page.keyboard.press("Space")
        expect(self.page.locator(css)).to_be_checked()

    def type(self, css: str, words: str) -> None:
        field = self.page.locator(css)
        self._tab_to(field)
        if field.get_attribute("type") in {"date", "time"}:
            field.fill(words)  # the segments of a date differ by the system's own order
        else:
            self.page.keyboard.type(words)

    def _tab_to(self, wanted) -> None:
        self.page.wait_for_load_state()  # until then a script of the page may still move the focus
        for _press in range(MOST_TABS):
            if wanted.evaluate("element => element === document.activeElement"):
                self._is_marked(wanted)
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"cannot be reached with Tab: {wanted}")

    def _choose_radio(self, field) -> None:
        """Tab stops once at a group of radios; the arrows go on from there."""
        name = field.get_attribute("name")
        here = f"name => document.activeElement.name === {name!r}"
        for _press in range(MOST_TABS):
            if self.page.evaluate(here):
                break
            self.page.keyboard.press("Tab")
        self.page.keyboard.press("Space")
        for _press in range(ARROWS):
            if field.is_checked():
                return
            self.page.keyboard.press("ArrowDown")

    def _is_marked(self, wanted) -> None:
        """The focus is seen: by its own outline or by that of the row around it."""
        assert re.search(r"solid|auto|rgb", wanted.evaluate(RING)), f"no focus ring on {wanted}"
