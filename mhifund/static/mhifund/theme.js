// Blocking and early: the colour scheme stands on the root element before the first paint.
(function () {
  "use strict";
  var dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  var theme = localStorage.getItem("theme") || (dark ? "dark" : "light");
  document.documentElement.dataset.bsTheme = theme;
  document.documentElement.dataset.theme = theme;
})();
