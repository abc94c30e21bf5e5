// Looks at a page in the browser; each gives a list of what is wrong.
window.looks = {
  async axe() {
    const { violations } = await axe.run(document, { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } });
    return violations
      .filter((v) => ["serious", "critical"].includes(v.impact))
      .map((v) => [v.id, ...v.nodes.slice(0, 4).map((n) => `${n.html.slice(0, 160)} ${n.failureSummary.slice(0, 300)}`)].join("\n  "));
  },
  wide() {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("body *")]
      .filter((x) => x.getBoundingClientRect().right > width + 1 && !x.closest(".scroll"))
      .slice(0, 5)
      .map((x) => `${x.tagName}.${x.className} ends at ${Math.round(x.getBoundingClientRect().right)}`)
      .concat(["the page scrolls sideways"]);
  },
  // Numbers in a text are small marks in a line: what counts is where a finger may land.
  small() {
    const hit = (box, dy) => document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2 + dy);
    return [...document.querySelectorAll("button, input:not([type=checkbox]), label.check, select, summary, nav a, .n[href]")]
      .filter((x) => x.offsetParent)
      .map((x) => [x, x.getBoundingClientRect()])
      .filter(([x, box]) => {
        if (!x.matches(".n[href]")) return box.width < 24 || box.height < 24;
        return box.top > 20 && box.bottom < innerHeight - 20 && [-11, 11].some((dy) => hit(box, dy) !== x);
      })
      .slice(0, 5)
      .map(([x, box]) => `${x.outerHTML.slice(0, 90)} is ${box.width} × ${box.height}`);
  },
  // Right-to-left words that nothing keeps apart from what stands beside them.
  loose() {
    const rtl = /[\u0590-\u08ff]/, found = [], walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const at = walk.currentNode;
      if (rtl.test(at.data) && !at.parentElement.closest("bdi, [dir], option, title")) found.push(at.data.slice(0, 60));
    }
    return found;
  },
  paper() {
    const left = [...document.querySelectorAll("header.top, .filters, .skip")].filter((x) => x.offsetParent).map((x) => x.className);
    if (!document.querySelector("main").offsetParent) left.push("nothing to read");
    if (getComputedStyle(document.documentElement).backgroundColor !== "rgb(255, 255, 255)") left.push("no white paper");
    return left;
  },
  // Elements and attributes that no template of ours makes.
  injected() {
    const strange =
      "script:not([nonce]), iframe, object, embed, frame, math, video, audio, marquee, template, style, base, xss, img, svg script, svg a";
    const leads = ["href", "src", "action", "formaction", "xlink:href"];
    const bad = (x, name) =>
      name.startsWith("on") ||
      (name.includes("hx-") && !x.matches("form.filters")) ||
      (leads.includes(name) && x.protocol && !/^https?:$/.test(x.protocol));
    return [...document.querySelectorAll("*")]
      .filter((x) => (x.matches(strange) && !x.closest(".arcs")) || [...x.attributes].some((a) => bad(x, a.name)))
      .map((x) => x.outerHTML.slice(0, 200));
  },
  // Where the keyboard is, and whether one can see that.
  focus() {
    const x = document.activeElement, box = x.getBoundingClientRect(), look = getComputedStyle(x);
    const within = (at, most) => Math.min(most - 1, Math.max(0, at));
    const line = x.getClientRects()[0] || box; // a link may go on in a second line
    const at = document.elementFromPoint(
      within(line.x + Math.min(line.width, 30) / 2, innerWidth), within(line.y + Math.min(line.height, 20) / 2, innerHeight));
    return {
      what: `${x.tagName} ${(x.textContent || x.name || "").trim().slice(0, 30)}`,
      body: x === document.body,
      inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
      covered: !(at && (x.contains(at) || at.contains(x))),
      ring: look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2,
      place: [Math.round(box.top + scrollY), Math.round(box.left)],
    };
  },
  // The words on the screen, without scrolling.
  words() {
    const walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT), found = [];
    while (walk.nextNode()) {
      const box = walk.currentNode.parentElement.getBoundingClientRect();
      if (box.height && box.top < innerHeight && box.bottom > 0) found.push(walk.currentNode.data);
    }
    return found.join(" ").replace(/\s+/g, " ");
  },
};
