// Keys, and the joining of spans on a report's page. Every page can be read and used without it.
"use strict";
(() => {
  const root = document.querySelector("a.brand").getAttribute("href");
  const typing = (at) => at.closest("input, select, textarea, [contenteditable]");
  const lines = () => [...document.querySelectorAll("main .claims > li, main .cards li[data-a], main .voice, main .plain > li, main tbody tr")].filter((x) => x.offsetParent);

  const step = (by) => {
    const all = lines();
    if (!all.length) return;
    const now = all.findIndex((x) => x.contains(document.activeElement));
    const next = all[Math.max(0, Math.min(all.length - 1, now < 0 ? (by > 0 ? 0 : all.length - 1) : now + by))];
    const goal = next.matches("[tabindex]") ? next : next.querySelector("a[href]") || next;
    goal.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest", behavior: "instant" });
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && typing(event.target)) return event.target.blur();
    if (typing(event.target)) return;
    if (event.key === "/") {
      event.preventDefault();
      return document.getElementById("q").focus();
    }
    if (event.key === "h") return location.assign(root);
    if (event.key === "j" || event.key === "k") return step(event.key === "j" ? 1 : -1);
    const link = document.querySelector(`a[data-key="${CSS.escape(event.key)}"]`);
    if (link) location.assign(link.href);
  });

  // Reports: whatever is pointed at or focused shows all its spans, its card, and arcs from source over cue to content.
  const text = document.getElementById("text");
  if (!text || !document.querySelector(".cards")) return;
  const NS = "http://www.w3.org/2000/svg";
  const arcs = text.appendChild(document.createElementNS(NS, "svg"));
  arcs.classList.add("arcs");
  arcs.setAttribute("aria-hidden", "true");
  const of = (n) => [...text.querySelectorAll("[data-a]")].filter((x) => x.dataset.a.split(" ").includes(n));
  const first = (n, role) => of(n).find((x) => x.classList.contains(role));
  const middle = (x) => {
    const box = x.getClientRects()[0] || x.getBoundingClientRect();
    const base = text.getBoundingClientRect();
    return [box.left - base.left + Math.min(box.width, 60) / 2, box.top - base.top];
  };
  const arc = (a, b, kind) => {
    if (!a || !b || a === b) return;
    const [[x, y], [u, v]] = [middle(a), middle(b)];
    const path = arcs.appendChild(document.createElementNS(NS, "path"));
    path.setAttribute("d", `M${x},${y} C${x},${y - 22} ${u},${v - 22} ${u},${v}`);
    if (kind) path.classList.add(kind);
  };
  const show = (n) => {
    for (const x of document.querySelectorAll(".on, .near")) x.classList.remove("on", "near");
    arcs.replaceChildren();
    if (!n) return;
    for (const x of of(n)) x.classList.add("on");
    const card = document.querySelector(`.cards li[data-a="${n}"]`);
    card?.classList.add("on");
    arc(first(n, "source"), first(n, "cue"));
    arc(first(n, "cue") || first(n, "source"), first(n, "content"));
    for (const other of [card?.dataset.within, card?.dataset.about]) {
      if (!other) continue;
      document.querySelector(`.cards li[data-a="${other}"]`)?.classList.add("near");
      arc(first(n, "cue") || first(n, "content"), first(other, "cue") || first(other, "content"), "chain");
    }
  };
  const number = (at) => at.closest?.("[data-a]")?.dataset.a.split(" ").pop();
  for (const kind of ["mouseover", "focusin"]) document.querySelector(".two").addEventListener(kind, (e) => number(e.target) && show(number(e.target)));
  const here = document.getElementById(location.hash.slice(1));
  if (here?.dataset.a) {
    show(here.dataset.a);
    // After the browser's own way to the card, which on a phone lies far below the words.
    addEventListener("load", () => requestAnimationFrame(() => of(here.dataset.a)[0]?.scrollIntoView({ block: "center", behavior: "instant" })));
  }
})();
