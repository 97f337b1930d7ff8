/* The sheet of a round: each row is saved when one of its fields was changed, and the keys go through the fields. Without this script the
 * same form is saved by its buttons. */
"use strict";
(function () {
  var form = document.getElementById("bang");
  if (!form || !form.dataset.autosave || !window.fetch || !window.FormData) return;
  document.documentElement.classList.add("js");
  var waiting = new Map(); // rows with changes that are not sent yet: row -> timer
  var busy = null;         // the row that is on its way
  var again = 0;

  function byId(id) { return document.getElementById(id); }
  function text(id, value) { var e = byId(id); if (e) e.textContent = value; }

  /* The fields of a row, and what the form as a whole needs. */
  function dataOf(row) {
    var data = new URLSearchParams();
    var token = form.querySelector("input[name=_csrf]");
    if (token) data.append("_csrf", token.value);
    data.append("dong", row.dataset.row);
    row.querySelectorAll("input[name], select[name], textarea[name]").forEach(function (e) {
      if (e.type === "checkbox" && !e.checked) return;
      if (!e.disabled) data.append(e.name, e.value);
    });
    return data;
  }

  function message(row, words) {
    var old = row.querySelector(".autosave-note");
    if (old) old.remove();
    if (!words) return;
    var p = document.createElement("p");
    p.className = "err autosave-note";
    p.setAttribute("role", "alert");
    p.textContent = words;
    row.cells[1].appendChild(p);
  }

  function show(row, answer) {
    answer.keys.forEach(function (k) {
      form.querySelectorAll("input[type=hidden][name=o], input[type=hidden][name=e]").forEach(function (e) {
        if (e.value.indexOf(k.old) === 0) e.value = k.new;
      });
    });
    answer.rows.forEach(function (r) {
      var tr = form.querySelector('tr[data-row="' + CSS.escape(r.code) + '"]');
      if (!tr) return;
      var points = tr.querySelector("[data-points]"), state = tr.querySelector("[data-state]"), calc = tr.querySelector("[data-calc]");
      if (points) points.textContent = r.points_text;
      if (calc) calc.textContent = r.arithmetic;
      if (state) {
        state.lastChild.textContent = r.state_name;
        state.className = "st" + (r.state === "done" ? " st--ontime" : r.state === "wrong" || r.state === "proof" ? " st--overdue" : r.state === "asked" ? " st--soon" : "");
      }
    });
    text("tb-xong", answer.done_text);
    text("tb-diem", answer.points_text);
    var saved = byId("tb-luu");
    if (saved && answer.at_text) saved.textContent = "✓ " + answer.at_text;
    var told = answer.results.filter(function (r) { return r.message; }).map(function (r) { return r.message; }).join(" ");
    message(row, told);
    row.classList.toggle("is-conflict", answer.conflicts > 0);
  }

  function send(row) {
    if (busy) { later(row, 200); return; }
    waiting.delete(row);
    busy = row;
    row.classList.add("is-saving");
    fetch(form.action, { method: "POST", body: dataOf(row), headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then(function (r) {
        if (r.status === 200 || r.status === 409 || r.status === 422) return r.json();
        return r.json().then(function (p) { throw new Error(p.detail || p.title || r.status); });
      })
      .then(function (body) { again = 0; show(row, body.data); })
      .catch(function (e) {
        message(row, String(e.message || e));
        if (again++ < 5) later(row, 3000 * again); // the same values again: what came through already is not stored twice
      })
      .finally(function () { busy = null; row.classList.remove("is-saving"); });
  }

  function later(row, ms) {
    clearTimeout(waiting.get(row));
    waiting.set(row, setTimeout(function () { send(row); }, ms));
  }

  form.addEventListener("change", function (e) {
    var row = e.target.closest("tr[data-row]");
    if (row) later(row, 250);
  });
  form.addEventListener("submit", function () {
    waiting.forEach(function (t) { clearTimeout(t); });
    waiting.clear();
  });
  window.addEventListener("beforeunload", function (e) {
    if (waiting.size || busy) { e.preventDefault(); e.returnValue = ""; }
  });

  /* Enter and the arrows up and down go from field to field. */
  form.addEventListener("keydown", function (e) {
    var t = e.target;
    if (t.tagName !== "INPUT" || t.type === "checkbox" || t.type === "hidden" || e.isComposing) return;
    if (e.key !== "Enter" && e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
    var fields = Array.prototype.slice.call(form.querySelectorAll("td .cell input:not([type=hidden]), td .cell select"));
    var at = fields.indexOf(t);
    if (at < 0) return;
    e.preventDefault();
    var next = fields[at + (e.key === "ArrowUp" || (e.key === "Enter" && e.shiftKey) ? -1 : 1)];
    if (next) { next.focus(); if (next.select) next.select(); }
  });
})();
