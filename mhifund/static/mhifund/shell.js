// The few things of the shell that need a script: search key, colour scheme, menus, self-submitting pickers.
(function () {
  "use strict";

  function typing(element) {
    return element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));
  }

  function closeMenus(except) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (menu !== except) { menu.open = false; }
    });
  }

  function showScheme() {
    var dark = document.documentElement.dataset.theme === "dark";
    document.querySelectorAll("[data-theme-switch]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(dark));
    });
  }

  document.addEventListener("keydown", function (event) {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
      var field = document.getElementById("search");
      if (field) {
        event.preventDefault();
        field.focus();
        field.select();
      }
    }
    if (event.key === "Escape") {
      var open = document.querySelector("details.menu[open]");
      if (open) {
        open.open = false;
        open.querySelector("summary").focus();
      }
    }
  });

  document.addEventListener("click", function (event) {
    closeMenus(event.target.closest("details.menu"));
    if (event.target.closest("[data-theme-switch]")) {
      var theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
      localStorage.setItem("theme", theme);
      document.documentElement.dataset.theme = theme;
      document.documentElement.dataset.bsTheme = theme;
      showScheme();
      document.dispatchEvent(new CustomEvent("house:theme"));
    }
    var empties = event.target.closest("[data-empties]");
    if (empties) { document.getElementById(empties.dataset.empties).replaceChildren(); }
    var pick = event.target.closest("[data-pick]");
    if (pick) {
      var native = document.querySelector("[data-picks='" + pick.dataset.pick + "']");
      native.value = document.getElementById(pick.dataset.pick).value.split(".").reverse().join("-");
      native.showPicker();
    }
  });

  document.addEventListener("change", function (event) {
    var named = document.querySelector("[data-file-name-of='" + event.target.id + "']");
    if (named && event.target.files.length) { named.textContent = event.target.files[0].name; }
    var picks = event.target.dataset.picks;
    if (picks) {
      document.getElementById(picks).value = event.target.value.split("-").reverse().join(".");
    }
    var form = event.target.closest("form[data-submit-on-change]");
    if (form && event.target.checkValidity()) { form.requestSubmit(); }
  });

  document.addEventListener("DOMContentLoaded", showScheme);
})();
