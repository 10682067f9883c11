// Folds the sections of logs, says how long each took, and shows the line that was linked to.
(() => {
  "use strict";

  document.documentElement.classList.add("folds");

  const took = (seconds) =>
    seconds < 60
      ? `${seconds} s`
      : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} min`;

  // Sections lie in one another, and their ends may not have come yet. So a log is walked through
  // from its beginning whenever something changed; what is folded is kept in the titles.
  const lay = (log) => {
    const open = [];
    for (const line of log.children) {
      const { begin, end, second } = line.dataset;
      if (end !== undefined) {
        const at = open.findLastIndex((section) => section.name === end);
        if (at >= 0) {
          const [{ title, since }] = open.splice(at);
          title.querySelector(".took").textContent = took(Math.max(0, second - since));
        }
      } else if (!line.classList.contains("tail")) {
        line.hidden = open.some((section) => section.folded);
        if (begin !== undefined) {
          const folded = line.querySelector(".folder").getAttribute("aria-expanded") === "false";
          open.push({ name: begin, title: line, since: second, folded });
        }
      }
    }
  };

  const layAll = () => document.querySelectorAll(".log").forEach(lay);

  document.addEventListener("click", (event) => {
    const title = event.target.closest(".line[data-begin]");
    if (!title || event.target.closest("a")) {
      return;
    }
    const folder = title.querySelector(".folder");
    const expanded = folder.getAttribute("aria-expanded") === "true";
    folder.setAttribute("aria-expanded", String(!expanded));
    lay(title.parentElement);
  });

  document.addEventListener("htmx:afterSwap", layAll);

  const showLinked = () => {
    if (/^#b[0-9]+$/.test(location.hash)) {
      document.querySelector(location.hash)?.scrollIntoView({ block: "center" });
    }
  };
  addEventListener("hashchange", showLinked);
  addEventListener("DOMContentLoaded", () => {
    layAll();
    showLinked();
  });
})();
