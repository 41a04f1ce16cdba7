// Turns every static picture of this page that has not been turned yet into the live one: the same SVG, inline in a
// shadow root, where its tooltips work, its text can be selected, and its colours follow the theme of the page.
(() => {
  const isDark = (host) => {
    const named = document.body.dataset.jpThemeLight; // JupyterLab says it before its style sheet has arrived
    if (named) return named === "false";
    for (let at = host; at; at = at.parentElement ?? at.getRootNode().host) {
      const [r, g, b, opacity = 1] = getComputedStyle(at).backgroundColor.match(/[\d.]+/g).map(Number);
      if (opacity > 0.5) return 0.299 * r + 0.587 * g + 0.114 * b < 128;
    }
    return matchMedia("(prefers-color-scheme: dark)").matches;
  };

  const upgrade = (host) => {
    const image = host.querySelector("img");
    const bytes = Uint8Array.from(atob(image.src.split(",")[1]), (letter) => letter.charCodeAt(0));
    const svg = new DOMParser().parseFromString(new TextDecoder().decode(bytes), "image/svg+xml").documentElement;
    svg.setAttribute("style", image.getAttribute("style"));
    host.attachShadow({ mode: "open" }).append(svg);
    const follow = () => (host.dataset.theme = isDark(host) ? "dark" : "light");
    const soon = () => [0, 300, 1500].forEach((wait) => setTimeout(follow, wait));
    const watch = new MutationObserver(soon);
    for (const at of [document.documentElement, document.body]) watch.observe(at, { attributes: true });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", soon);
    follow();
  };

  for (const host of document.querySelectorAll("div.chalkgrad-drawing")) if (!host.shadowRoot) upgrade(host);
})();
