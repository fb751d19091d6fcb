// The studio's sliders: each walks over the numbers that the study tried, and writes them into its field.
"use strict";

for (const slider of document.querySelectorAll("[data-tried]")) {
  const tried = slider.dataset.tried.split(" ");
  const field = document.getElementById(slider.dataset.field);
  const say = () => slider.setAttribute("aria-valuetext", tried[slider.value]);
  const nearest = () => {
    const far = tried.map((number) => Math.abs(Number(number) - Number(field.value)));
    if (far.every(Number.isFinite)) slider.value = far.indexOf(Math.min(...far));
    say();
  };
  slider.hidden = false;
  say();
  slider.addEventListener("input", () => { field.value = tried[slider.value]; say(); });
  slider.addEventListener("change", () => field.dispatchEvent(new Event("change", { bubbles: true })));
  field.addEventListener("input", nearest);
}

// What was chosen stays in the address: it can be loaded again, and sent to a colleague.
const form = document.getElementById("studio-form");
for (const button of form?.querySelectorAll("button") ?? []) button.hidden = true;
form?.addEventListener("submit", (event) => event.preventDefault());
form?.addEventListener("change", () => history.replaceState(null, "", `?${new URLSearchParams(new FormData(form))}`));
