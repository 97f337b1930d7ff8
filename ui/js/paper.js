/* Typing forms from paper: Enter goes on, and so does a sign that can only mean one option. Without this script the same fields are gone
 * through by Tab, and Enter does nothing. */
"use strict";
(function () {
  var form = document.getElementById("phieu-giay");
  if (!form) return;
  var fields = Array.prototype.slice.call(form.querySelectorAll("td input, #ly-do"));
  var save = form.querySelector(".btn--main");

  function go(from, by) {
    var at = fields.indexOf(from) + by;
    var to = at < fields.length ? fields[Math.max(at, 0)] : save;
    to.focus();
    if (to.select) to.select();
  }

  form.addEventListener("keydown", function (e) {
    if (fields.indexOf(e.target) < 0) return;
    if (e.key === "Enter" || e.key === "ArrowDown") go(e.target, 1);
    else if (e.key === "ArrowUp") go(e.target, -1);
    else return;
    e.preventDefault();
  });
  form.addEventListener("input", function (e) {
    var signs = e.target.dataset.signs;
    if (signs && e.target.value.length === 1 && signs.indexOf(e.target.value) >= 0) go(e.target, 1);
  });
  var first = form.querySelector("[aria-invalid]") || fields[0];
  if (first) first.focus();
})();
