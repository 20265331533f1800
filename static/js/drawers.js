// Columns that become drawers where the page is narrow (css/lab.css says where). A drawer closes on Escape or its
// button, and gives the focus back.
const openers = new Map(); // by drawer: what had the focus when it opened

export function isDrawer(drawer) {
  return getComputedStyle(drawer.querySelector("[data-close]")).display !== "none";
}

export function openDrawer(drawer) {
  if (!isDrawer(drawer)) return;
  for (const other of document.querySelectorAll(".drawer[data-open]")) if (other !== drawer) close(other);
  openers.set(drawer, document.activeElement);
  drawer.dataset.open = "";
  setExpanded(drawer, true);
  drawer.querySelector("[data-close]").focus();
}

export function closeDrawer(drawer) {
  if ("open" in drawer.dataset) close(drawer);
}

function close(drawer) {
  delete drawer.dataset.open;
  setExpanded(drawer, false);
  if (drawer.contains(document.activeElement)) openers.get(drawer)?.focus();
}

function setExpanded(drawer, expanded) {
  document.querySelector(`[data-drawer="${drawer.id}"]`).setAttribute("aria-expanded", String(expanded));
}

for (const button of document.querySelectorAll("[data-drawer]")) {
  const drawer = document.getElementById(button.dataset.drawer);
  button.addEventListener("click", () => ("open" in drawer.dataset ? close(drawer) : openDrawer(drawer)));
  drawer.querySelector("[data-close]").addEventListener("click", () => close(drawer));
  drawer.addEventListener("keydown", (event) => event.key === "Escape" && close(drawer));
}
