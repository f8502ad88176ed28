"use strict";
// Everything can be read without this script. It keeps the place when the language is changed, and searches.
(function () {
  var language = document.querySelector("a.language");
  var parts = document.querySelectorAll("main [id^=s]");
  if (language) language.addEventListener("click", function () {
    var here = null;
    for (var i = 0; i < parts.length; i++) {
      if (!/^s\d+(p\d+)?$/.test(parts[i].id)) continue;
      if (here && parts[i].getBoundingClientRect().top > 80) break;
      here = parts[i];
    }
    var link = here && here.querySelector("a.switch");
    if (link) language.href = link.href;
  });

  var box = document.getElementById("search");
  if (!box || !window.bookIndex) return;
  box.hidden = false;
  var input = box.querySelector("input"), list = box.querySelector("ol"), most = 30;
  var index = window.bookIndex.map(function (s) { return { address: s[0], title: s[1], text: s[2], all: (s[1] + " " + s[2]).toLowerCase() }; });
  input.addEventListener("input", function () {
    var words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    list.textContent = "";
    if (words.length === 0) return;
    var found = index.filter(function (s) { return words.every(function (w) { return s.all.indexOf(w) >= 0; }); });
    // A word of the title counts for more than one of the text.
    found.sort(function (a, b) { return rank(b) - rank(a); });
    function rank(s) { return words.filter(function (w) { return s.title.toLowerCase().indexOf(w) >= 0; }).length; }
    found.slice(0, most).forEach(function (s) {
      var item = document.createElement("li"), link = document.createElement("a"), text = document.createElement("span");
      link.href = s.address;
      link.textContent = s.title;
      var at = Math.max(0, s.text.toLowerCase().indexOf(words[0]) - 40);
      text.textContent = " " + s.text.slice(at, at + 120);
      item.append(link, text);
      list.append(item);
    });
  });
})();
