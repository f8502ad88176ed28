"use strict";
// Below some pictures: the same sums, output by output, with the sizes that the reader chooses. Without this script the picture is all there is.
(function () {
  // Boards a and b are read, the third is made. Of one output, terms are the places in a and b that meet in it: [row, column, row, column].
  // Sizes as in the book: H rows of x, R of the window, P of y; s, p, e are stride, padding and dilation.
  var kinds = {
    forward: { boards: ["x", "w", "y"], terms: function (o, i, j) { return taps(o, function (r, t) { return [from(o, i, r), from(o, j, t), r, t]; }); } },
    data: { boards: ["dy", "w", "dx"], terms: function (o, u, v) {
      return taps(o, function (r, t) { return [(u + o.p - r * o.e) / o.s, (v + o.p - t * o.e) / o.s, r, t]; })
        .filter(function (at) { return whole(at[0], o.P) && whole(at[1], o.P); });
    } },
    weights: { boards: ["dy", "x", "dw"], terms: function (o, r, t) { return places(o.P, function (i, j) { return [i, j, from(o, i, r), from(o, j, t)]; }); } },
    max: { boards: ["x", null, "y"], terms: function (o, i, j) {
      return taps(o, function (r, t) { return [from(o, i, r), from(o, j, t)]; }).filter(function (at) { return whole(at[0], o.H) && whole(at[1], o.H); });
    } },
    mean: { boards: ["x", null, "y"], terms: function (o, i, j) { return taps(o, function (r, t) { return [from(o, i, r), from(o, j, t)]; }); } }
  };
  function from(o, i, r) { return i * o.s + r * o.e - o.p; }
  function whole(i, n) { return i >= 0 && i < n && i % 1 === 0; }
  function taps(o, of) { return places(o.R, of); }
  function places(n, of) {
    var all = [];
    for (var r = 0; r < n; r++) for (var t = 0; t < n; t++) all.push(of(r, t));
    return all;
  }
  function outputs(o) { return Math.floor((o.H + 2 * o.p - o.e * (o.R - 1) - 1) / o.s) + 1; }
  function side(name, o) { return /x/.test(name) ? o.H : /w/.test(name) ? o.R : o.P; }

  // Every output of a kind: its terms and its value; of a mean the sum, which is over R·R. null where no window fits, or one would hold no
  // element to be the largest.
  function run(kind, o, a, b) {
    o.P = outputs(o);
    if (o.P < 1 || kind === "max" && (o.p > o.e * (o.R - 1) || o.e > o.H && o.R > 1)) return null;
    var k = kinds[kind];
    return places(side(k.boards[2], o), function (i, j) {
      var parts = k.terms(o, i, j).map(function (at) {
        return { at: at, a: read(a, side(k.boards[0], o), at[0], at[1]), b: k.boards[1] ? read(b, side(k.boards[1], o), at[2], at[3]) : 1 };
      });
      var values = parts.map(function (part) { return part.a * part.b; });
      return { i: i, j: j, parts: parts, value: kind === "max" ? Math.max.apply(null, values) : values.reduce(function (sum, v) { return sum + v; }, 0) };
    });
  }
  // What lies outside a board is the padding: zero.
  function read(board, n, i, j) { return whole(i, n) && whole(j, n) ? board[i * n + j] : 0; }
  window.bookSteps = run;

  var digits = {
    x: [1, 2, 0, 1, 3, 1, 1, 0, 0, 2, 1, 3, 1, 0, 2, 1, 3, 1, 0, 2, 2, 0, 1, 3, 1, 1, 2, 0, 3, 0, 2, 1, 1],
    w: [1, -1, 2, 0, 1, -2, 0, 1, -1, 2, 1],
    dy: [1, 2, 3, -1, 0, 1, -2, 2, 1, 0, 3, -1, 1]
  };
  var zh = document.documentElement.lang === "zh";
  var words = zh
    ? { H: "输入", R: "窗口", s: "步幅", p: "填充", e: "膨胀", max: "最大", mean: "平均", back: "上一步", on: "下一步", step: "步", none: "这样的窗口放不进输入。" }
    : { H: "input", R: "window", s: "stride", p: "padding", e: "dilation", max: "max", mean: "mean", back: "previous step", on: "next step", step: "step", none: "No such window fits the input." };
  var ranges = { H: [2, 7], R: [1, 4], s: [1, 3], p: [0, 2], e: [1, 3] };
  var pictures = { "conv-sliding": ["forward", 4, 1], "residual-back": ["data", 3, 1], "weights-back": ["weights", 3, 1], "pooling": ["max", 4, 2] };

  document.querySelectorAll("main img").forEach(function (picture) {
    var name = /([\w-]+)\.svg$/.exec(picture.src), start = name && pictures[name[1]];
    if (start) build((picture.closest("p") || picture), start);
  });

  function make(tag, parent, properties) {
    var element = Object.assign(document.createElement(tag), properties);
    parent.append(element);
    return element;
  }
  function signed(v) { return String(v).replace("-", "−"); }
  function factor(v) { return v < 0 ? "(" + signed(v) + ")" : String(v); }
  function quotient(v, n) {
    var a = Math.abs(v), b = n;
    while (b) { var rest = a % b; a = b; b = rest; }
    return signed(v / a) + (n === a ? "" : "/" + n / a);
  }

  function build(picture, start) {
    var o = { H: start[1], R: 2, s: start[2], p: 0, e: 1 }, kind = start[0], at = 0, steps;
    var box = document.createElement("div");
    box.className = "steps";
    picture.after(box);
    var choices = make("div", box), bar = make("div", box, { className: "bar" });
    if (kind === "max") choose("", ["max", "mean"], kind, function (value) { kind = value; }, words.max + "/" + words.mean);
    Object.keys(ranges).forEach(function (size) {
      var all = [];
      for (var n = ranges[size][0]; n <= ranges[size][1]; n++) all.push(n);
      choose(words[size] + " ", all, o[size], function (value) { o[size] = +value; });
    });
    var back = make("button", bar, { type: "button", textContent: "◀", title: words.back, ariaLabel: words.back }), slider = make("input", bar, { type: "range", min: 0, title: words.step }), on = make("button", bar, { type: "button", textContent: "▶", title: words.on, ariaLabel: words.on });
    var boards = make("div", box, { className: "boards" }), sum = make("p", box);
    sum.setAttribute("aria-live", "polite");
    back.onclick = function () { go(at - 1); };
    on.onclick = function () { go(at + 1); };
    slider.oninput = function () { go(+slider.value); };
    begin();

    function choose(label, all, chosen, take, title) {
      var select = make("select", make("label", choices, { textContent: label }), { title: title || "" });
      all.forEach(function (value) { make("option", select, { value: value, textContent: words[value] || value, selected: value === chosen }); });
      select.onchange = function () { take(select.value); begin(); };
    }

    function values(board) { return board && o.P > 0 && places(side(board, o), function () { return 0; }).map(function (zero, n) { return digits[board][n % digits[board].length]; }); }

    function begin() {
      o.P = outputs(o);
      steps = run(kind, o, values(kinds[kind].boards[0]), values(kinds[kind].boards[1]));
      slider.max = steps ? steps.length - 1 : 0;
      back.disabled = on.disabled = slider.disabled = !steps;
      go(0);
    }

    function go(to) {
      boards.textContent = "";
      sum.textContent = steps ? "" : words.none;
      if (!steps) return;
      at = Math.max(0, Math.min(steps.length - 1, to));
      slider.value = at;
      var step = steps[at], k = kinds[kind].boards, isMean = kind === "mean", taken = false;
      [0, 1].forEach(function (n) {
        if (!k[n]) return;
        var all = values(k[n]), size = side(k[n], o), frame = k[n] === "x" ? o.p : 0;
        draw(k[n], size, frame, function (i, j) {
          var part = step.parts.filter(function (each) { return each.at[2 * n] === i && each.at[2 * n + 1] === j; })[0], isFirst = kind === "max" && part && !taken && part.a === step.value;
          taken = taken || isFirst;
          return [read(all, size, i, j), isFirst ? "made" : part ? "seen" : whole(i, size) && whole(j, size) ? "" : "zero"];
        });
      });
      draw(k[2], side(k[2], o), 0, function (i, j) {
        var n = i * side(k[2], o) + j;
        return [n > at ? "" : isMean ? quotient(steps[n].value, o.R * o.R) : steps[n].value, n === at ? "made" : ""];
      });
      var terms = step.parts.map(function (part) { return k[1] ? signed(part.a) + "·" + factor(part.b) : signed(part.a); });
      sum.textContent = k[2] + "[" + step.i + "," + step.j + "] = " + (kind === "max" ? "max(" + terms.join(", ") + ")" : isMean ? "(" + terms.join(" + ") + ")/" + o.R * o.R : terms.join(" + ") || "0")
        + (terms.length ? " = " + (isMean ? quotient(step.value, o.R * o.R) : signed(step.value)) : "");
    }

    function draw(name, size, frame, cell) {
      var table = make("table", boards);
      make("caption", table, { textContent: name });
      for (var i = -frame; i < size + frame; i++) {
        var row = make("tr", table);
        for (var j = -frame; j < size + frame; j++) {
          var told = cell(i, j);
          make("td", row, { textContent: signed(told[0]), className: told[1] });
        }
      }
    }
  }
})();
