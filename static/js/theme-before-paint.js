// A classic script, not a module: it blocks painting, so that a chosen theme never flashes in the other one.
document.documentElement.dataset.script = "";
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is off: the page follows the system.
}
