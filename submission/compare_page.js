"use strict";
// The differences of the page: a block of columns for each dataset, drawn some rows at a time.
const STEP = 200;
const page = JSON.parse(document.getElementById("data").textContent);
const body = document.querySelector("#rows tbody");
const frame = document.getElementById("rows");
const field = (name) => document.getElementById(name);
const rows = [];
page.datasets.forEach((dataset, number) => {
  dataset.variable.forEach((variable, place) => {
    const keys = dataset.keys.map((column) => column[place]);
    rows.push({
      dataset: number, place, keys,
      variable: dataset.variables[variable],
      kind: page.kinds[dataset.kind[place]],
      text: [...keys, dataset.base[place], dataset.other[place]].join("\u0001").toLowerCase(),
    });
  });
});
let found = rows;
let drawn = 0;

function element(name, text, style) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (style) made.className = style;
  return made;
}

// The part of a text between what both texts begin and end with, and what is around it.
function parts(text, other) {
  const own = Array.from(text), its = Array.from(other);
  const least = Math.min(own.length, its.length);
  let start = 0, end = 0;
  while (start < least && own[start] === its[start]) start += 1;
  while (end < least - start && own[own.length - 1 - end] === its[its.length - 1 - end]) end += 1;
  const piece = (from, to) => own.slice(from, to).join("");
  return [piece(0, start), piece(start, own.length - end), piece(own.length - end)];
}

// A text with what is not seen, or turns the direction of writing, as an escape.
function seen(text) {
  return text.replace(/[\u0000-\u001f\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function value(text, other, style) {
  const cell = element("td", undefined, `value ${style}`);
  if (text === "") {
    cell.append(element("span", "(missing)", "missing"));
    return cell;
  }
  const [before, differs, after] = parts(text, other);
  cell.append(seen(before), differs ? element("mark", seen(differs).replace(/ /g, "\u00b7")) : "",
    seen(after));
  return cell;
}

function row(one) {
  const dataset = page.datasets[one.dataset], place = one.place;
  const [base, other] = [dataset.base[place], dataset.other[place]];
  const numbers = [dataset.base_row[place], dataset.other_row[place]];
  const keys = one.keys.map((key, number) => `${dataset.names[number]}=${key}`).join("  ");
  const made = element("tr");
  if (page.datasets.length > 1) made.append(element("td", dataset.name));
  made.append(
    element("td", keys), element("td", numbers[0], "number"), element("td", numbers[1], "number"),
    element("td", one.variable), value(base, other, "base"), value(other, base, "other"),
    element("td", dataset.difference[place], "number"), element("td", one.kind),
  );
  return made;
}

function draw() {
  const next = found.slice(drawn, drawn + STEP);
  body.append(...next.map(row));
  drawn += next.length;
  field("shown").textContent =
    `${found.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} differences`;
}

function filter() {
  const wanted = {
    dataset: field("dataset").value, variable: field("variable").value, kind: field("kind").value,
  };
  const text = field("text").value.toLowerCase();
  found = rows.filter((one) =>
    (wanted.dataset === "" || one.dataset === Number(wanted.dataset)) &&
    (wanted.variable === "" || one.variable === wanted.variable) &&
    (wanted.kind === "" || one.kind === wanted.kind) &&
    (text === "" || one.text.includes(text)));
  drawn = 0;
  body.replaceChildren();
  frame.scrollTop = 0;
  draw();
}

function choices(name, words) {
  words.forEach(([value, text]) => {
    const made = element("option", text);
    made.value = value;
    field(name).append(made);
  });
}

choices("dataset", page.datasets.map((one, number) => [String(number), one.name]));
choices("variable", [...new Set(rows.map((one) => one.variable))].sort().map((one) => [one, one]));
choices("kind", page.kinds.filter((kind) => rows.some((one) => one.kind === kind))
  .map((one) => [one, one]));
let waiting;
field("text").addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(filter, 150);
});
for (const name of ["dataset", "variable", "kind"]) field(name).addEventListener("change", filter);
field("clear").addEventListener("click", () => {
  for (const name of ["dataset", "variable", "kind", "text"]) field(name).value = "";
  filter();
});
frame.addEventListener("scroll", () => {
  if (frame.scrollTop + frame.clientHeight > frame.scrollHeight - 600 && drawn < found.length) draw();
});
// A variable of a table above shows its differences.
for (const button of document.querySelectorAll("button[data-variable]")) {
  button.addEventListener("click", () => {
    field("dataset").value = page.datasets.length > 1 ? button.dataset.dataset : "";
    field("variable").value = button.dataset.variable;
    field("kind").value = field("text").value = "";
    filter();
    document.getElementById("differences").scrollIntoView();
  });
}
draw();
