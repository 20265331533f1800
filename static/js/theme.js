// The theme button: light or dark. What equals the system's own theme is not stored, so the page follows the system.
const root = document.documentElement;
const button = document.querySelector("[data-theme-button]");
const system = matchMedia("(prefers-color-scheme: dark)");

function present() {
  return root.dataset.theme ?? (system.matches ? "dark" : "light");
}

function name() {
  button.querySelector("[data-theme-name]").textContent =
    present() === "dark" ? "Use light colours" : "Use dark colours";
}

function store(theme) {
  try {
    if (theme) localStorage.setItem("theme", theme);
    else localStorage.removeItem("theme");
  } catch {
    // Storage is off: the choice holds for this page.
  }
}

button.addEventListener("click", () => {
  const chosen = present() === "dark" ? "light" : "dark";
  const followsSystem = chosen === (system.matches ? "dark" : "light");
  if (followsSystem) delete root.dataset.theme;
  else root.dataset.theme = chosen;
  store(followsSystem ? null : chosen);
  name();
});
system.addEventListener("change", name);
name();
