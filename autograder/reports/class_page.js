"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "descending" : "ascending");
      const key = (row) => row.cells[column].dataset.key ?? row.cells[column].textContent.trim();
      const numbers = head.classList.contains("number");
      const compare = (a, b) =>
        numbers ? Number(key(a)) - Number(key(b)) : key(a).localeCompare(key(b));
      const rows = [...table.tBodies[0].rows].sort((a, b) => (up ? compare(b, a) : compare(a, b)));
      table.tBodies[0].append(...rows);
    });
  });
}
const filter = document.getElementById("filter");
if (filter) {
  const [text, state] = [filter.querySelector("input"), filter.querySelector("select")];
  const shown = filter.querySelector("output");
  const rows = [...document.querySelectorAll("#students tbody tr")];
  const show = () => {
    let left = 0;
    for (const row of rows) {
      const found = row.cells[0].textContent.toLowerCase().includes(text.value.toLowerCase());
      const states = row.dataset.states.split(" ");
      row.hidden = !(found && (state.value === "" || states.includes(state.value)));
      left += row.hidden ? 0 : 1;
    }
    shown.textContent = `${left} of ${rows.length} students`;
  };
  text.addEventListener("input", show);
  state.addEventListener("change", show);
  filter.hidden = false;
  show();
}
