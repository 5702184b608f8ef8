// The script of the HTML report. The page is complete without it; it adds
// sorting, searching, copying and the switch between the report's zone and UTC.
//
// It never computes a time: both spellings are in the page, so the zone of the
// browser has no say. It writes text only (textContent), never markup.
"use strict";
(function () {
  const GROUPING = /(?<=\d),(?=\d{3})/g; // between thousands; few type it into a search box
  const collator = new Intl.Collator("en", { numeric: true });
  const tables = [];

  function make(tag, props, ...children) {
    const e = Object.assign(document.createElement(tag), props);
    e.append(...children);
    return e;
  }

  // ---- what a cell is sorted and searched by

  function key(cell, type) {
    const raw = cell.hasAttribute("data-sort") ? cell.getAttribute("data-sort") : cell.textContent;
    if (cell.getAttribute("data-sort") === "") return null;
    return type === "number" ? Number(raw) : raw;
  }

  function compare(a, b, type) {
    if (type === "text") return collator.compare(a, b);
    return a < b ? -1 : a > b ? 1 : 0;
  }

  function haystack(row) {
    let text = row.textContent.replace(GROUPING, "");
    for (const t of row.querySelectorAll("time")) text += " " + t.title;
    return text.toLowerCase();
  }

  function words(query) {
    return query.replace(GROUPING, "").toLowerCase().split(/\s+/).filter(Boolean);
  }

  function grouped(n) {
    return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
  }

  function plural(n, word) {
    return grouped(n) + " " + word + (n === 1 ? "" : "s");
  }

  // ---- one table

  class Table {
    constructor(block) {
      this.block = block;
      this.table = block.querySelector("table.data");
      this.body = this.table.tBodies[0];
      this.rows = Array.from(this.body.rows); // the report's order, restored by the third click
      this.heads = Array.from(this.table.tHead.rows[0].cells);
      this.badge = document.querySelector('.toc a[href="#' + block.id + '"] .n');
      this.total = this.badge && this.badge.textContent;
      this.heads.forEach((th, i) => this.sortable(th, i));
      this.tools();
    }

    sortable(th, column) {
      const button = make("button", { type: "button", title: th.title || "Sort" });
      button.append(...th.childNodes);
      button.addEventListener("click", () => this.sort(th, column));
      th.append(button);
    }

    // Quantities and times begin with the largest, text with the first; the
    // next click turns the order round, the third restores the report's.
    sort(th, column) {
      const type = th.dataset.type;
      const order = type === "number" ? ["descending", "ascending", null] : ["ascending", "descending", null];
      const next = order[(order.indexOf(th.getAttribute("aria-sort")) + 1) % 3];
      this.heads.forEach(h => h.removeAttribute("aria-sort"));
      let rows = this.rows;
      if (next) {
        th.setAttribute("aria-sort", next);
        rows = this.sorted(column, type, next === "descending" ? -1 : 1);
      }
      const all = document.createDocumentFragment();
      all.append(...rows);
      this.body.append(all);
    }

    // Sorting is stable, and null is last in either direction.
    sorted(column, type, sign) {
      const keyed = this.rows.map(row => ({ row, key: key(row.cells[column], type) }));
      keyed.sort((a, b) => {
        if (a.key === null || b.key === null) return (a.key === null) - (b.key === null);
        return sign * compare(a.key, b.key, type);
      });
      return keyed.map(k => k.row);
    }

    tools() {
      const title = this.block.querySelector("h3").textContent;
      this.search = make("input", { type: "search", placeholder: "Search these rows", autocomplete: "off", spellcheck: false });
      this.search.setAttribute("aria-label", "Search the rows of: " + title);
      this.search.addEventListener("input", () => this.filter(everywhere.value));
      this.search.addEventListener("keydown", e => {
        if (e.key === "Escape" && this.search.value) {
          this.search.value = "";
          this.filter(everywhere.value);
        }
      });
      this.status = make("span", { className: "off" });
      this.status.setAttribute("role", "status");
      const copy = make("button", { type: "button", className: "tool", textContent: "Copy rows" });
      copy.title = "Copy the rows in view as tab-separated text";
      copy.addEventListener("click", () => this.copy(copy));
      this.block.querySelector(".bar").append(this.status, this.search, copy);
    }

    // A row stays if it holds every word of both search boxes.
    filter(global) {
      const want = words(global).concat(words(this.search.value));
      let shown = 0;
      for (const row of this.rows) {
        row.hay = row.hay || haystack(row);
        row.hidden = !want.every(w => row.hay.includes(w));
        if (!row.hidden) shown++;
      }
      const of = this.rows.length;
      this.status.textContent = want.length ? grouped(shown) + " of " + grouped(of) + " rows match" : "";
      if (this.badge) {
        this.badge.textContent = words(global).length ? grouped(shown) : this.total;
        this.badge.classList.toggle("hit", words(global).length > 0 && shown > 0);
      }
      return shown;
    }

    // Raw values: numbers without groups, times in UTC, nothing for null. A cell
    // that a spreadsheet would take for a formula gets an apostrophe.
    copy(button) {
      const value = cell => {
        const time = cell.querySelector("time");
        if (time) return time.title;
        if (cell.getAttribute("data-sort") === "") return "";
        if (cell.classList.contains("num")) return cell.getAttribute("data-sort") || cell.textContent;
        return /^[=+\-@]/.test(cell.textContent) ? "'" + cell.textContent : cell.textContent;
      };
      const lines = [this.heads.map(th => th.textContent.trim())];
      for (const row of this.body.rows) if (!row.hidden) lines.push(Array.from(row.cells, value));
      toClipboard(lines.map(l => l.join("\t")).join("\n") + "\n", ok => {
        button.textContent = ok ? "Copied " + grouped(lines.length - 1) : "Not allowed";
        setTimeout(() => { button.textContent = "Copy rows"; }, 2000);
      });
    }
  }

  function toClipboard(text, done) {
    if (navigator.clipboard) {
      navigator.clipboard.writeText(text).then(() => done(true), () => done(byHand(text)));
    } else {
      done(byHand(text));
    }
  }

  function byHand(text) {
    const area = make("textarea", { value: text });
    document.body.append(area);
    area.select();
    const ok = document.execCommand("copy");
    area.remove();
    return ok;
  }

  // ---- the page

  const everywhere = make("input", { type: "search", placeholder: "Search all tables", autocomplete: "off", spellcheck: false });
  everywhere.setAttribute("aria-label", "Search the rows shown of all tables");
  const found = make("span", { className: "off" });
  found.setAttribute("role", "status");

  function searchEverywhere() {
    let rows = 0, hits = 0;
    for (const t of tables) {
      const n = t.filter(everywhere.value);
      rows += n;
      if (n) hits++;
    }
    found.textContent = words(everywhere.value).length ? plural(rows, "row") + " in " + plural(hits, "table") : "";
  }
  everywhere.addEventListener("input", searchEverywhere);
  everywhere.addEventListener("keydown", e => {
    if (e.key !== "Escape") return;
    everywhere.value = "";
    searchEverywhere();
  });

  // "2026-03-01T12:04:05.5Z" as "2026-03-01 12:04:05", by cutting text.
  function utcText(rfc3339) {
    return rfc3339.slice(0, 19).replace("T", " ");
  }

  function zoneSwitch() {
    const times = Array.from(document.querySelectorAll("time"));
    const zones = Array.from(document.querySelectorAll("th[data-zone] .off"));
    const utcs = times.map(t => utcText(t.title) + (t.closest("td") ? "" : " UTC"));
    const local = times.map(t => t.textContent), names = zones.map(z => z.textContent);
    const same = times.every((t, i) => local[i] === utcs[i]);
    if (same) return null;
    const button = make("button", { type: "button", className: "tool", textContent: "Show times in UTC" });
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      const utc = button.getAttribute("aria-pressed") === "false";
      button.setAttribute("aria-pressed", String(utc));
      times.forEach((t, i) => { t.textContent = utc ? utcs[i] : local[i]; });
      zones.forEach((z, i) => { z.textContent = utc ? "UTC" : names[i]; });
      for (const t of tables) for (const row of t.rows) row.hay = "";
      searchEverywhere();
    });
    return button;
  }

  // Marks the section in view in the contents.
  function follow() {
    const links = new Map();
    for (const a of document.querySelectorAll(".toc > li > a")) links.set(a.hash.slice(1), a);
    const inView = new Set();
    const watch = new IntersectionObserver(entries => {
      for (const e of entries) e.isIntersecting ? inView.add(e.target.id) : inView.delete(e.target.id);
      let current = false;
      for (const [id, a] of links) {
        if (!current && inView.has(id)) {
          a.setAttribute("aria-current", "true");
          current = true;
        } else {
          a.removeAttribute("aria-current");
        }
      }
    }, { rootMargin: "-10% 0px -60% 0px" });
    for (const s of document.querySelectorAll("main > section")) watch.observe(s);
  }

  // A link to what is folded away, or holds a folded table, opens it.
  function reveal() {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    const fold = target && (target.closest("details") || target.querySelector("details.fold"));
    if (fold) fold.open = true;
  }

  // Paper gets everything, also in browsers that cannot open details by style.
  function print() {
    let opened = [];
    addEventListener("beforeprint", () => {
      opened = Array.from(document.querySelectorAll("details:not([open])"));
      for (const d of opened) d.open = true;
    });
    addEventListener("afterprint", () => {
      for (const d of opened) d.open = false;
    });
  }

  for (const table of document.querySelectorAll("table.data")) tables.push(new Table(table.closest(".block")));
  const tools = document.getElementById("tools");
  tools.append(everywhere, found);
  const zone = zoneSwitch();
  if (zone) tools.append(zone);
  tools.hidden = false;
  addEventListener("hashchange", reveal);
  reveal();
  follow();
  print();
})();
