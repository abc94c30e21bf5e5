// Review by keyboard, and marking spans on a text. Every form of the page works without it.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const tell = (words) => (byId("live").textContent = words);
  const typing = (at) => at.closest?.("input, select, textarea, [contenteditable]");

  // What a page begins with: where the keyboard goes on, and what just happened.
  const begin = (swapped) => {
    byId("review").classList.add("scripted");
    const said = document.querySelector("#review [data-said]")?.textContent.trim();
    const marking = byId("marking");
    if (marking) mark(marking);
    if (swapped || said || marking) (byId("problem") || marking || byId("item"))?.focus({ preventScroll: !marking });
    if (said) tell(`${said} Undo: u. ${document.querySelector("#question")?.textContent || ""}`);
  };
  document.addEventListener("htmx:after:swap", () => byId("review") && !byId("review").classList.contains("scripted") && begin(true));

  // One key each. Those of the page come before those of the desk.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const goal = document.querySelector(`#review [data-do="${CSS.escape(event.key)}"]`);
    if (!goal || event.target.closest?.("#marking")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    goal.click();
  }, true);

  // Marking. Offsets are code points of the report's text; a piece of the page says where it begins and ends.
  const points = (s) => [...s].length;
  const mark = (text) => {
    const form = byId("change");
    const pieces = [...text.querySelectorAll("[data-s]")].map((x) => ({
      node: x.firstChild, line: x.parentNode, s: +x.dataset.s, e: +x.dataset.e, plain: !x.classList.contains("steering"),
    })).filter((p) => p.node);
    const inside = (p, units) => {
      if (!p.plain) return units ? p.e : p.s;
      const split = /[\uD800-\uDBFF]$/.test(p.node.data.slice(0, units)) && units < p.node.length;
      return p.s + points(p.node.data.slice(0, units + split));
    };
    const outside = (p, at) => (p.plain ? [...p.node.data].slice(0, at - p.s).join("").length : at > p.s ? p.node.length : 0);
    const words = (s, e) => pieces.filter((p) => p.s < e && s < p.e).map((p) => (p.plain ? [...p.node.data].slice(Math.max(0, s - p.s), e - p.s).join("") : p.node.data)).join("");
    const exact = (s, e) => pieces.every((p) => p.plain || p.e <= s || e <= p.s);
    const range = (s, e) => {
      const held = pieces.filter((p) => p.s < e && s < p.e);
      if (!held.length) return null;
      const made = document.createRange();
      const [first, last] = [held[0], held[held.length - 1]];
      made.setStart(first.node, outside(first, Math.max(s, first.s)));
      made.setEnd(last.node, outside(last, Math.min(e, last.e)));
      return made;
    };
    const trimmed = ([s, e]) => {
      const held = [...words(s, e)];
      if (!exact(s, e)) return [s, e];
      while (held.length && !held[0].trim()) { held.shift(); s += 1; }
      while (held.length && !held[held.length - 1].trim()) { held.pop(); e -= 1; }
      return [s, e];
    };
    // The selection as one span for each paragraph it has words of.
    const selected = () => {
      const now = getSelection();
      if (!now.rangeCount || now.isCollapsed) return [];
      const r = now.getRangeAt(0);
      const lines = new Map();
      for (const p of pieces) {
        if (!r.intersectsNode(p.node)) continue;
        const from = inside(p, r.startContainer === p.node ? r.startOffset : 0);
        const to = inside(p, r.endContainer === p.node ? r.endOffset : p.node.length);
        if (to <= from) continue;
        lines.set(p.line, [lines.get(p.line)?.[0] ?? from, to]);
      }
      return [...lines.values()].map(trimmed).filter(([s, e]) => s < e);
    };

    const spans = { source: [], cue: [], content: [] };
    for (const row of form.querySelectorAll("#rows li")) {
      const [role, s, e] = ["role", "start", "end"].map((n) => row.querySelector(`[name=${n}]`).value);
      if (/^\d+$/.test(s) && /^\d+$/.test(e) && +s < +e) spans[role].push([+s, +e]);
    }
    for (const x of text.querySelectorAll(".source, .cue, .content")) x.classList.remove("source", "cue", "content");
    const painted = globalThis.CSS?.highlights && globalThis.Highlight;
    const input = (name, value) => Object.assign(document.createElement("input"), { type: "hidden", name, value });
    const draw = () => {
      const rows = byId("rows");
      rows.replaceChildren();
      for (const [role, held] of Object.entries(spans)) {
        if (painted) CSS.highlights.set(role, new Highlight(...held.map(([s, e]) => range(s, e)).filter(Boolean)));
        held.sort((a, b) => a[0] - b[0]);
        for (const span of held) {
          const [s, e] = span;
          const row = rows.appendChild(document.createElement("li"));
          const name = row.appendChild(document.createElement("span"));
          name.className = role;
          name.textContent = role;
          const quote = document.createElement("bdi");
          quote.textContent = words(s, e);
          const clear = Object.assign(document.createElement("button"), { type: "button", textContent: "Clear" });
          clear.setAttribute("aria-label", `Clear ${role}: ${words(s, e).slice(0, 60)}`);
          clear.addEventListener("click", () => { drop(role, span); text.focus({ preventScroll: true }); });
          row.append(" ", quote, " ", clear, input("role", role), input("start", s), input("end", e), input("words", exact(s, e) ? words(s, e) : ""));
        }
      }
      if (!rows.children.length) rows.appendChild(document.createElement("li")).textContent = "Nothing is marked.";
    };
    const drop = (role, span) => {
      spans[role] = spans[role].filter((x) => x !== span);
      draw();
      tell(`Cleared ${role}.`);
    };
    const give = (role) => {
      const found = selected();
      if (!found.length) return tell("Select words in the text first.");
      const hit = ([s, e]) => found.some(([u, v]) => s < v && u < e);
      if (!role) {
        for (const name of Object.keys(spans)) spans[name] = spans[name].filter((x) => !hit(x));
        draw();
        return tell("Cleared what was selected.");
      }
      if (role !== "content" && found.length > 1) {
        note(`A ${role} stands in one paragraph, this selection has words of ${found.length}. Select less.`);
        return;
      }
      spans[role] = role === "content" ? [...spans[role].filter((x) => !hit(x)), ...found] : found;
      note("");
      draw();
      tell(`${role}: ${found.map(([s, e]) => words(s, e)).join(", then ")}`);
    };
    const note = (sentence) => {
      byId("note")?.remove();
      if (!sentence) return;
      const made = Object.assign(document.createElement("p"), { id: "note", className: "note problem", textContent: sentence });
      form.prepend(made);
      tell(sentence);
    };

    // By keyboard: a range of words, of all words of the text in order.
    const all = [];
    const lines = [...new Set(pieces.map((p) => p.line))];
    for (const [k, line] of lines.entries()) {
      const held = pieces.filter((p) => p.line === line);
      const [from, to] = [held[0].s, held[held.length - 1].e];
      let at = from;
      for (const part of words(from, to).match(/\s+|[\p{L}\p{N}\p{M}’']+|[^\s\p{L}\p{N}]/gu) || []) {
        if (part.trim()) all.push([at, at + points(part), k]);
        at += points(part);
      }
    }
    let [anchor, caret] = [-1, -1];
    const choose = (to, extend) => {
      if (!all.length) return;
      caret = Math.max(0, Math.min(all.length - 1, to));
      if (!extend || anchor < 0) anchor = caret;
      const [low, high] = [Math.min(anchor, caret), Math.max(anchor, caret)];
      const chosen = range(all[low][0], all[high][1]);
      getSelection().removeAllRanges();
      getSelection().addRange(chosen);
      range(...all[caret]).startContainer.parentElement.scrollIntoView({ block: "nearest" });
      tell(words(all[low][0], all[high][1]));
    };
    const beside = (by) => {
      const line = all[caret]?.[2] ?? 0;
      const goal = all.findIndex((x) => x[2] === Math.max(0, Math.min(lines.length - 1, line + by)));
      return goal < 0 ? caret : goal;
    };
    const near = () => Math.max(0, all.findIndex((x) => x[1] > +text.dataset.near));
    text.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "Enter") return byId("save").click();
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const now = caret < 0 ? near() - 1 : caret;
      const moves = { ArrowRight: () => now + 1, ArrowLeft: () => now - 1, ArrowDown: () => beside(1), ArrowUp: () => beside(-1) };
      const roles = { 1: "source", 2: "cue", 3: "content", 0: "", Backspace: "", Delete: "" };
      if (moves[event.key]) choose(moves[event.key](), event.shiftKey);
      else if (event.key in roles) give(roles[event.key]);
      else if (event.key === "Escape") byId("leave").click();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    text.addEventListener("mousedown", () => ([anchor, caret] = [-1, -1]));
    for (const button of document.querySelectorAll("[data-role]")) {
      button.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
      button.addEventListener("click", () => give(button.dataset.role));
    }
    form.addEventListener("keydown", (event) => (event.ctrlKey || event.metaKey) && event.key === "Enter" && byId("save").click());
    draw();
    range(+text.dataset.near, +text.dataset.near + 1)?.startContainer.parentElement.scrollIntoView({ block: "center" });
  };
  begin(false);
})();
