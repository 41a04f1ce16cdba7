// Keeps data-theme of a host at "dark" or "light", as the page around it is, or as a reader has chosen.

// Returns a function that takes what was chosen: "dark", "light", or "auto" for as the page is.
export function followTheme(host) {
  let chosen = "auto";
  const follow = () => host.isConnected && (host.dataset.theme = chosen !== "auto" ? chosen : isDark(host) ? "dark" : "light");
  const soon = () => [0, 300, 1500].forEach((wait) => setTimeout(follow, wait)); // a style sheet may arrive late
  const watch = new MutationObserver(soon);
  for (const at of [document.documentElement, document.body]) watch.observe(at, { attributes: true });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", soon);
  follow();
  return (theme) => {
    chosen = theme;
    follow();
  };
}

function isDark(host) {
  const named = document.body.dataset.jpThemeLight; // JupyterLab says it before its style sheet has arrived
  if (named) return named === "false";
  for (let at = host; at; at = at.parentElement ?? at.getRootNode().host) {
    const [r, g, b, opacity = 1] = getComputedStyle(at).backgroundColor.match(/[\d.]+/g).map(Number);
    if (opacity > 0.5) return 0.299 * r + 0.587 * g + 0.114 * b < 128;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches;
}
