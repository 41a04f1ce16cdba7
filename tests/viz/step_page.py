"""Opens step-throughs in a browser and reads off what stands there: cards, wires, panel, tables."""

import json
from pathlib import Path

import autograd
from autograd.explain.node_names import NodeNames
from autograd.explain.typeset import in_line
from viz import step

READ = """host => {
  const root = host.shadowRoot, text = (at, selector) => at.querySelector(selector)?.textContent ?? "";
  const kinds = (at) => at.getAttribute("class").split(" ");
  const mark = (at) => kinds(at).find(kind => ["now", "read"].includes(kind)) ?? "";
  const seen = (at) => !kinds(at).includes("hidden");
  const cards = {}, wires = {};
  for (const card of root.querySelectorAll(".picture .card")) {
    const chip = card.querySelector(".chip")?.parentNode;
    cards[card.dataset.key] = {
      name: text(card, ".name"), title: text(card, "title"), value: text(card, ".value"), mark: mark(card), seen: seen(card),
      state: chip ? kinds(chip)[0] : "", label: chip ? text(chip, ".soft") : "", gradient: chip ? text(chip, ".gradient") : "",
      locals: [...card.querySelectorAll(".local .number")].map(number => number.textContent),
    };
  }
  for (const wire of root.querySelectorAll(".picture .wire[data-key]")) wires[wire.dataset.key] = { title: text(wire, "title"), mark: mark(wire), seen: seen(wire) };
  const rows = [...root.querySelectorAll(".nodes tbody tr")].map(row => [...row.children].map(cell => cell.textContent));
  return {
    cards, wires, rows, where: text(root, ".where"), live: text(root, "[aria-live]"), panel: text(root, ".panel"), heading: text(root, "#panel-step h2"),
    equations: [...root.querySelectorAll(".equation")].map(line => line.textContent), why: text(root, ".why"),
    terms: [...root.querySelectorAll(".terms li")].map(term => term.innerText.replace(/\\n/g, " ")), outcomes: text(root, ".outcomes"),
    ratio: text(root, ".ratio"), score: text(root, ".score"), room: root.querySelector(".tools select")?.value ?? null,
  };
}"""

# Every text that a person can see, hear or point at: visible text, titles, labels, values of inputs. The names of leaves and
# options are among them, the data behind the page is not.
TOLD = """host => {
  const found = [];
  const walk = (at) => {
    if (at.nodeType === Node.TEXT_NODE) return found.push(at.data);
    if (["STYLE", "SCRIPT", "style"].includes(at.nodeName)) return;
    for (const { name, value } of at.attributes ?? []) if (/^(aria-|title|alt|placeholder|value)/.test(name) && !/(by|controls)$/.test(name)) found.push(value);
    if (at.nodeName === "INPUT" && at.type === "text") found.push(at.value);
    for (const child of at.childNodes) walk(child);
  };
  walk(host.shadowRoot);
  return [document.title, ...found].filter(text => text.trim());
}"""

HOST = "document.querySelector('div.chalkgrad-step')"
READY = f"() => {HOST}?.shadowRoot?.querySelector('.where')?.textContent"


def names(y) -> NodeNames:
    """What the nodes below y are called on the page."""
    return NodeNames(autograd.names(y), y).in_line


def steps(y, **more):
    """The steps of y with the names that stand on the page."""
    return autograd.steps(y, **more).in_line()


class StepPage:
    """One step-through in a browser; `page` is the page of Playwright, whose locators see into shadow roots."""

    def __init__(self, page):
        self.page = page

    def read(self, place: int = 0) -> dict:
        host = "document.querySelectorAll('div.chalkgrad-step')[place]"
        return json.loads(self.page.evaluate(f"place => JSON.stringify(({READ})({host}))", place))  # objects come much slower than a text

    def all_cards(self, place: int = 0) -> dict:
        """The cards of all nodes, each from the picture in which most of it is seen."""
        found = dict(self.read(place)["cards"])
        rooms = f"document.querySelectorAll('div.chalkgrad-step')[{place}].shadowRoot.querySelector('.tools select')"
        for room in self.page.evaluate(f"() => [...({rooms}?.options ?? [])].map(one => one.value)"):
            self.page.evaluate(f"room => {{ const all = {rooms}; all.value = room; all.dispatchEvent(new Event('change')); }}", room)
            for key, card in self.read(place)["cards"].items():
                if key not in found or len(found[key]["locals"]) < len(card["locals"]):
                    found[key] = card
        return found

    def told(self) -> list[str]:
        return self.page.evaluate(f"() => ({TOLD})({HOST})")

    def script(self, text: str, argument=None):
        """Runs JavaScript in which `root` is the shadow root."""
        return self.page.evaluate(f"argument => {{ const root = {HOST}.shadowRoot; return ({text}); }}", argument)

    def press(self, *keys: str) -> "StepPage":
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def at(self) -> int:
        return int(self.script("root.querySelector('.time input').value"))

    def go(self, at: int) -> "StepPage":
        self.script(
            "((slider) => { slider.value = argument; slider.dispatchEvent(new Event('input')); })(root.querySelector('.time input'))", at
        )
        return self

    def tab(self, name: str) -> "StepPage":
        self.page.get_by_role("tab", name=name).click()
        return self

    def answer(self, text: str) -> "StepPage":
        self.page.locator("input.answer").fill(text)
        self.page.locator("input.answer").press("Enter")
        return self

    def edit(self, name: str, text: str, place: int = 0) -> "StepPage":
        """Types a number for a leaf, wherever the panel stands."""
        self.page.evaluate(
            """([place, label, text]) => {
              const root = document.querySelectorAll("div.chalkgrad-step")[place].shadowRoot;
              const box = [...root.querySelectorAll(".leaf input[type=text]")].find(one => one.ariaLabel === label);
              box.value = text; box.dispatchEvent(new Event("change"));
            }""",
            [place, f"the number of {in_line(name)}", text],
        )
        return self

    def unfold_all_details(self) -> "StepPage":
        self.script("root.querySelectorAll('details').forEach(one => (one.open = true))")
        self.page.wait_for_function(
            f"() => {HOST}.shadowRoot.querySelector('.all tbody').children.length || {HOST}.shadowRoot.querySelector('.where')"
        )
        return self


def opened(page, folder: Path, y, address: str = "", size: tuple[int, int] = (1280, 720), dark: bool = False, **more) -> StepPage:
    """Saves the step-through of y as a page that stands alone and opens it."""
    path = step(y, **more).save(folder / f"page{len(list(folder.iterdir()))}.html")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.goto(path.as_uri() + address)
    page.wait_for_function(READY)
    return StepPage(page)


def side_by_side(page, steppers) -> StepPage:
    """Many step-throughs in one page, as in a notebook; the module is there once."""
    parts = [stepper._repr_mimebundle_()["text/html"] for stepper in steppers]
    hosts = [part.partition('<script type="module">')[0] for part in parts]
    module = "".join(parts[0].partition('<script type="module">')[1:])
    page.set_content(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Many</title><body>{"".join(hosts)}{module}</body></html>'
    )
    page.wait_for_function(
        "() => [...document.querySelectorAll('div.chalkgrad-step')].every(host => host.shadowRoot?.querySelector('.where')?.textContent)"
    )
    return StepPage(page)
