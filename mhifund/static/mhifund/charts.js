// Draws every element with data-chart with uPlot, in the colours of the page.
(function () {
  "use strict";

  var LOOKS = {
    "insured": "--good", "grace": "--warn", "not_insured": "--bad",
    "knp-121": "--chart-1", "knp-122": "--chart-2", "knp-123": "--chart-3", "knp-124": "--chart-4"
  };
  var drawn = [];

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function figure(value) {
    var parts = String(value).split(".");
    parts[0] = parts[0].replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
    return parts.join(document.documentElement.lang === "en" ? "." : ",");
  }

  function axis(extra) {
    return Object.assign({
      stroke: colour("--muted"),
      font: "12px " + getComputedStyle(document.body).fontFamily,
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { stroke: colour("--line"), width: 1, size: 4 }
    }, extra);
  }

  function stacked(series) {
    var below = series[0].values.map(function () { return 0; });
    return series.map(function (one) {
      below = one.values.map(function (value, at) { return value + below[at]; });
      return below;
    });
  }

  function draw(place) {
    var chart = JSON.parse(place.dataset.chart);
    var stack = chart.kind === "stack";
    var xs = chart.labels.map(function (_label, at) { return at; });
    var rows = stack ? stacked(chart.series) : chart.series.map(function (one) { return one.values; });
    var order = chart.series.map(function (_one, at) { return at; });
    if (stack) { order.reverse(); }
    var options = {
      width: place.clientWidth,
      height: 190,
      padding: [8, 20, 0, 0],
      cursor: { drag: { x: false, y: false }, points: { show: !stack } },
      legend: { live: true },
      scales: {
        x: { time: false, range: stack ? [-0.6, xs.length - 0.4] : [0, xs.length - 1] },
        y: { range: function (_plot, _low, high) { return [0, high > 0 ? high * 1.06 : 1]; } }
      },
      axes: [
        axis({
          size: 26,
          grid: { show: false },
          splits: function (plot) {
            var step = Math.ceil(xs.length / Math.max(2, Math.floor(plot.width / 64)));
            return xs.filter(function (at) { return at % step === 0; });
          },
          values: function (_plot, splits) {
            return splits.map(function (at) { return chart.labels[at] || ""; });
          }
        }),
        axis({ size: 62, values: function (_plot, splits) { return splits.map(figure); } })
      ],
      series: [{ label: chart.axis, value: function (_plot, at) { return at === null ? "" : chart.labels[at]; } }]
    };
    order.forEach(function (at) {
      var one = chart.series[at];
      var ink = colour(LOOKS[one.look]);
      options.series.push({
        label: one.label,
        stroke: ink,
        width: stack ? 0 : 2,
        fill: stack ? ink : undefined,
        paths: stack ? uPlot.paths.bars({ size: [0.7, 40] }) : undefined,
        points: { show: false },
        value: function (_plot, _value, _series, index) {
          return index === null ? "" : figure(one.values[index]);
        }
      });
    });
    var data = [xs].concat(order.map(function (at) { return rows[at]; }));
    place.replaceChildren();
    return new uPlot(options, data, place);
  }

  function drawAll() {
    drawn.forEach(function (plot) { plot.destroy(); });
    drawn = Array.from(document.querySelectorAll("[data-chart]")).map(draw);
  }

  document.addEventListener("DOMContentLoaded", drawAll);
  document.addEventListener("house:theme", drawAll);
  window.addEventListener("resize", function () {
    drawn.forEach(function (plot) {
      plot.setSize({ width: plot.root.parentElement.clientWidth, height: 190 });
    });
  });
})();
