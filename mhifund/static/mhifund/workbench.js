// The keys of the workbench: j and k move through the queue; a, h and r act on the item shown.
(function () {
  "use strict";

  function rows() {
    return Array.from(document.querySelectorAll("#queue [data-row]"));
  }

  function choose(row) {
    rows().forEach(function (other) { other.classList.toggle("is-chosen", other === row); });
    row.scrollIntoView({ block: "nearest" });
  }

  function move(step) {
    var all = rows();
    var row = all[all.findIndex(function (one) { return one.classList.contains("is-chosen"); }) + step];
    if (row) { row.querySelector("a[hx-get]").click(); }
  }

  // a key pressed while another item is on its way must not act on the one still shown
  function isChosen(input) {
    var chosen = document.querySelector("#queue [data-row].is-chosen");
    return chosen !== null && input.value.startsWith(chosen.dataset.row + ":");
  }

  function act(key) {
    var button = document.querySelector("#evidence [data-key='" + key + "']");
    if (!button || !isChosen(button.form.elements.row)) { return; }
    var note = button.form.elements.note;
    if (button.formNoValidate || note.value.trim()) {
      button.form.requestSubmit(button);
    } else {
      button.form.dataset.pending = key;
      note.focus();
    }
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    var form = event.target.form;
    if (event.key === "Enter" && event.target.name === "note" && form.dataset.pending) {
      event.preventDefault();
      act(form.dataset.pending);
      return;
    }
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox") { return; }
    var step = { j: 1, k: -1 }[event.key];
    if (step) { move(step); }
    if ("ahr".indexOf(event.key) >= 0) {
      event.preventDefault();
      act(event.key);
    }
  });

  document.addEventListener("click", function (event) {
    var link = event.target.closest("#queue a[hx-get]");
    if (link) { choose(link.closest("[data-row]")); }
  });

  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-all]")) {
      document.querySelectorAll("#queue [name=row]").forEach(function (box) { box.checked = event.target.checked; });
    }
  });
})();
